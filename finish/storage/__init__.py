"""Files on disk and in object storage: the store, locks, publishing, watched folders."""
