"""The YAML scanner's problems as messages for the author of a file."""

from __future__ import annotations

from typing import Final

from ruamel.yaml.error import MarkedYAMLError

from finish.jobspec.quoting import QuotingFix
from finish.jobspec.spec_tree import printable


def problem_text(error: MarkedYAMLError, fix: QuotingFix | None) -> tuple[str, str]:
    """What is wrong, and what to write: with a `fix`, the line in quotes."""
    problem = str(error.problem or error.context or "it can't be parsed")
    if "'\\t'" in problem:
        return "the line is indented with a tab", "indent with spaces"
    texts = (text for beginning, text in _PROBLEMS.items() if problem.startswith(beginning))
    message, hint = next(texts, ("", ""))
    if fix is not None:
        return _COMMENT if fix.comment else message or _TRAILING, f"put it in quotes: {fix.text}"
    return message or f"not valid YAML: {printable(problem, 100)}", hint or "check the line above, too"


_COMMENT: Final = "a # after a space begins a comment, and the rest of the line is lost"
_TRAILING: Final = "not valid YAML: text follows the end of a value"
_PROBLEMS: Final = {
    "mapping values are not allowed here": (
        'not valid YAML: a second ": " in one value',
        "start all keys of a map in the same column",
    ),
    "could not find expected ':'": ("not valid YAML: a line without a key", 'end a key with ": "'),
    "found unexpected end of stream": ("not valid YAML: a quote isn't closed", "close it"),
    "sequence entries are not allowed here": (
        "not valid YAML: a list on the line of its key",
        "begin the list on the next line",
    ),
    "mapping keys are not allowed here": ('not valid YAML: text that begins with "?"', "put it in quotes"),
    "expected the node content": (
        "not valid YAML: a value that begins with a reserved character",
        "put it in quotes",
    ),
    "found unknown escape character": (
        r'not valid YAML: an unknown escape after "\" in double quotes',
        r"write \\, or use single quotes",
    ),
    "expected a comment or a line break": (
        'not valid YAML: text after "|" or ">"',
        "put it in quotes, or begin it on the next line",
    ),
    "expected alphabetic or numeric character": (
        'not valid YAML: text that begins with "&" or "*"',
        "put it in quotes",
    ),
    **{
        f"found character '{mark}' that": (
            f'not valid YAML: text that begins with "{mark}"',
            "put it in quotes",
        )
        for mark in "%@`"
    },
}
