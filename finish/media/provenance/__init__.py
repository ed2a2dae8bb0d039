"""Where a file says that it comes from: C2PA manifests and XMP metadata, read and written."""
