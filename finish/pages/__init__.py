"""One kit for every HTML page: type, colours, tables, plots, figures.

A page is one file. It needs no script and no network, so it opens from a folder, an e-mail, or an archive.
Build it from `components` and `plots`, and wrap it with `document.page`. Text is escaped unless it is already
`Markup`.
"""
