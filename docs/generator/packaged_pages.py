"""The pages of what is packaged: destinations, caption styles, title templates, and loudness targets."""

from __future__ import annotations

from docs.generator.markdown import flat, page, plain, table
from docs.generator.package_source import ROOT, definition
from docs.generator.spec_keys import inlined, keys
from finish import resources


def presets_page() -> str:
    packaged = [definition("packaged_preset")(name) for name in resources.names("presets")]
    overview = [
        (
            f"[`{loaded.name}`](#{loaded.name})",
            loaded.preset.title,
            loaded.delivery.frame,
            loaded.preset.checked,
        )
        for loaded in packaged
    ]
    lines = [
        "Destinations",
        "Every number of every packaged preset. `finish presets NAME` prints each number with its reason and "
        "source.",
        table(("Preset", "Destination", "Frame", "Last checked"), overview),
    ]
    for loaded in packaged:
        defaults = [(f"`{path}`", plain(value)) for path, value in flat(loaded.preset.defaults)]
        delivered = loaded.delivery.model_dump(exclude={"limits", "preset"})
        limits = loaded.preset.limits.model_dump(exclude_none=True)
        numbers = [
            (f"`{path}`", plain(value))
            for path, value in (*flat(delivered), *flat(limits, "limits"))
            if value is not None
        ]
        lines += [
            f"## {loaded.name}",
            f"{loaded.preset.title}, last checked on {loaded.preset.checked}.",
            table(("Delivery", "Value"), numbers),
            *([table(("Default setting", "Value"), defaults)] if defaults else []),
            "Sources:",
            "\n".join(f"- {source}" for source in loaded.preset.sources),
        ]
    return page(*lines)


def styles_page() -> str:
    model = definition("CaptionStyle")
    section = inlined(model.model_json_schema())
    rows = [key.row for key in keys(section, "")]
    lines = [
        "Caption styles",
        "A style is a folder with a `style.yaml`. Lengths are in em, the size of the letters, so a style "
        "looks the same on every frame. `captions: {look: …}` changes any of these keys; "
        "`none` removes a part.",
        "## Keys",
        table(("Key", "Takes", "Default", "Meaning"), rows),
        "## Packaged styles",
    ]
    styled, document = definition("styled"), definition("Document")
    for name in resources.names("styles"):
        path = resources.entry("styles", name)
        style = styled(document(path, path.read_bytes()), {}, None).model_dump()
        values = [(f"`{key}`", plain(value)) for key, value in flat(style) if value is not None]
        picture = f"../../{path.with_name('preview.png').relative_to(ROOT)}"
        lines += [f"### {name}", f"![The style {name}]({picture})", table(("Key", "Value"), values)]
    return page(*lines)


def titles_page() -> str:
    rows = [key.row for key in keys(inlined(definition("TitleTemplate").model_json_schema()), "")]
    lines = [
        "Title templates",
        "A template is a folder with a `template.yaml`. Lengths are in em; `size` is the em, as a share of "
        "the frame's short side. [How to add one](../extending/title.md).",
        "## Packaged templates",
    ]
    read, document = definition("read_template"), definition("Document")
    for name in resources.names("titles"):
        path = resources.entry("titles", name)
        template = read(document(path, path.read_bytes()))
        picture = f"../../{path.with_name('preview.png').relative_to(ROOT)}"
        takes = ", ".join(f"`{show}`" for show in template.shows) or "nothing"
        about = f"{template.about}. A {template.kind}, which takes {takes}."
        lines += [f"### {name}", f"![The template {name}]({picture})", about]
    lines += ["## Keys", table(("Key", "Takes", "Default", "Meaning"), rows)]
    return page(*lines)


def loudness_page() -> str:
    targets = definition("TARGETS")
    rows = [
        (
            f"`{name}`",
            plain(target.lufs) + (" of dialogue" if target.gate == "dialogue" else ""),
            f"±{plain(target.tolerance)}",
            plain(target.ceiling),
            target.source,
        )
        for name, target in targets.items()
        if name != "none"
    ]
    return page(
        "Loudness targets",
        "`sound: {target: NAME}`. `lufs` and `ceiling` overrule the numbers of a target; `none` leaves the "
        "sound alone.",
        table(("Target", "Loudness (LUFS)", "Promised (LU)", "True peak at most (dBTP)", "Source"), rows),
    )


def documents_page() -> str:
    """What a job keeps: the lock file, the manifest, and the history."""
    lines = [
        "Documents of a job",
        "What finish writes beside a job. Each document has a version and is read one version back. "
        "`finish schema lock`, `finish schema manifest`, and `finish schema history` print the JSON Schemas.",
    ]
    for name, model in definition("DOCUMENTS").items():
        schema = inlined(definition("document_schema")(name))
        rows = [key.row for key in keys(schema, "")]
        about = (model.__doc__ or "").split("\n\n")[0]
        lines += [f"## {name}", " ".join(about.split()), table(("Key", "Takes", "Default", "Meaning"), rows)]
    return page(*lines)
