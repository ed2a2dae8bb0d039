"""The settings of the provenance stage."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema, model_validator

from finish import model
from finish.model import Document
from finish.model.values import BY_CLASS

NAME: Final = "provenance"  # of the stage, and of its section in a job spec


def _chain(value: Any, info: ValidationInfo) -> Any:
    """A file of the job, or the certificates that the caller signs with; None if the caller has none."""
    if isinstance(value, Document) or info.context is None:
        return value
    return info.context.certificate() if value is None else info.context.document(value, "")


_as_name = PlainSerializer(lambda chain: str(chain.path) if chain else None, return_type=str | None)
Chain = Annotated[
    Annotated[Document, BY_CLASS] | None,
    BeforeValidator(_chain),
    _as_name,
    WithJsonSchema({"type": "string"}),
]


class ProvenanceSettings(model.Settings):
    """Whether and as whom a deliverable is signed with Content Credentials (C2PA)."""

    sign: Annotated[
        Literal["auto", "required", "off"],
        Field(
            description="auto signs if the caller has a certificate; required refuses to deliver without "
            "one; off drops what the clips' credentials state, with a note"
        ),
    ] = "auto"
    certificate: Annotated[
        Chain,
        Field(
            validate_default=True,
            description="the signer's certificates, a PEM file, the signer's own first; by default those of "
            "FINISH_SIGN_CERTIFICATE. The key is never a setting: FINISH_SIGN_KEY or FINISH_SIGN_COMMAND",
        ),
    ] = None

    @model_validator(mode="after")
    def _can_sign(self, info: ValidationInfo) -> Self:
        # A schema or a default has no caller, and so no certificate.
        if self.sign == "required" and self.certificate is None and info.context is not None:
            raise ValueError(
                "the deliverable must be signed, and there is no certificate — "
                "set FINISH_SIGN_CERTIFICATE and FINISH_SIGN_KEY"
            )
        return self
