"""The stages as methods. Written by `make golden`; a test compares. Don't edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from finish._setting_dicts import (
        BalanceDict,
        ClipMixDict,
        CropOverrideDict,
        EndCardDict,
        LabelDict,
        LengthFitDict,
        LogoDict,
        LowerThirdDict,
        MatchDict,
        MusicDict,
        NeverWordsDict,
        PausesDict,
        SoundEffectDict,
        SpeedDict,
        SpokenPassageDict,
        TitleDict,
        VoiceOverDict,
    )


class _Unset:
    """The default of a setting: it isn't stated."""

    def __repr__(self) -> str:
        return "unset"


UNSET: Any = _Unset()


def stated(**values: Any) -> dict[str, Any]:
    """The settings that a call states."""
    return {name.rstrip("_"): value for name, value in values.items() if value is not UNSET}


class Fluent:
    """One method for each stage; each returns a new value."""

    def _put(self, name: str, values: Mapping[str, Any]) -> Self:
        raise NotImplementedError

    def conform(  # noqa: PLR0913 (one argument a setting)
        self, matrix: Literal["auto", "bt601", "bt709"] = UNSET, *,
        range: Literal["auto", "limited", "full"] = UNSET,
        colour: Literal["auto", "bt709"] = UNSET,
        fields: Literal["auto", "progressive", "tff", "bff"] = UNSET,
        track: Literal["auto"] | int | str | Sequence[int] = UNSET,
        channels: Sequence[int] = UNSET,
        picture: int = UNSET,
        background: str = UNSET,
        damaged: Literal["refuse", "accept"] = UNSET,
    ) -> Self:
        """How a clip is read."""
        return self._put("conform", stated(
            matrix=matrix, range=range, colour=colour, fields=fields, track=track, channels=channels,
            picture=picture, background=background, damaged=damaged
        ))

    def pacing(  # noqa: PLR0913 (one argument a setting)
        self, trim: str | None = UNSET, *,
        keep: Sequence[str | SpokenPassageDict] = UNSET,
        cut: Sequence[str | SpokenPassageDict] = UNSET,
        pauses: PausesDict | None = UNSET,
        voice: Literal["webrtc", "silero"] = UNSET,
        fillers: bool | Sequence[str] = UNSET,
        words: Literal["speech"] | str | Path | None = UNSET,
        speed: Sequence[SpeedDict] | float = UNSET,
        fit: LengthFitDict | None = UNSET,
    ) -> Self:
        """Which parts of a clip are kept, and how fast they play."""
        return self._put("pacing", stated(
            trim=trim, keep=keep, cut=cut, pauses=pauses, voice=voice, fillers=fillers, words=words,
            speed=speed, fit=fit
        ))

    def colour(  # noqa: PLR0913 (one argument a setting)
        self, looks: Sequence[str | Path] = UNSET, *,
        strength: float = UNSET,
        lut_range: Literal["full", "legal"] = UNSET,
        camera: str | None = UNSET,
        balance: BalanceDict = UNSET,
        match: MatchDict | None = UNSET,
        flicker: Literal["ignore", "note", "mend"] = UNSET,
        levels: Literal["keep", "legal"] = UNSET,
        report: Sequence[Literal["clipping", "banding"]] = UNSET,
    ) -> Self:
        """A camera's picture is rendered for BT.709, balanced, matched to a reference, then graded by
        looks."""
        return self._put("colour", stated(
            looks=looks, strength=strength, lut_range=lut_range, camera=camera, balance=balance, match=match,
            flicker=flicker, levels=levels, report=report
        ))

    def reframe(  # noqa: PLR0913 (one argument a setting)
        self, follow: Literal["subject", "centre", "pad", "none"] = UNSET, *,
        subject: Literal["faces", "people", "any"] = UNSET,
        motion: Literal["responsive", "calm", "locked"] = UNSET,
        centre: Sequence[CropOverrideDict] = UNSET,
        layout: Literal["crop", "auto"] = UNSET,
        background: str = UNSET,
        inside: float = UNSET,
    ) -> Self:
        """How a picture of another aspect fills the frame."""
        return self._put("reframe", stated(
            follow=follow, subject=subject, motion=motion, centre=centre, layout=layout,
            background=background, inside=inside
        ))

    def composite(  # noqa: PLR0913 (one argument a setting)
        self, logo: LogoDict | None = UNSET, *,
        end_card: EndCardDict | None = UNSET,
        lower_third: LowerThirdDict | None = UNSET,
        labels: Sequence[LabelDict] = UNSET,
        titles: Sequence[TitleDict] = UNSET,
        lang: str = UNSET,
    ) -> Self:
        """Graphics over the picture."""
        return self._put("composite", stated(
            logo=logo, end_card=end_card, lower_third=lower_third, labels=labels, titles=titles, lang=lang
        ))

    def captions(  # noqa: PLR0913 (one argument a setting)
        self, file: str | Path | None = UNSET, *,
        recognise: bool = UNSET,
        style: str | Path = UNSET,
        font: str | Path | None = UNSET,
        fonts: Sequence[str | Path] | str | Path = UNSET,
        look: Mapping[str, object] = UNSET,
        burn: bool = UNSET,
        sidecar: Sequence[Literal["srt", "vtt", "ttml", "scc", "stl"]] = UNSET,
        stl_mode: Literal["teletext", "open"] = UNSET,
        lang: str = UNSET,
        size: float = UNSET,
        emphasis: Sequence[str] = UNSET,
        position: Literal["auto", "file"] | Literal["top", "middle", "bottom"] = UNSET,
        encoding: str = UNSET,
        words: Literal["file", "speech"] = UNSET,
        glossary: Sequence[str] = UNSET,
        never: NeverWordsDict = UNSET,
        mask: Literal["profanity"] | Sequence[str] = UNSET,
        stretch: str = UNSET,
        rules: Literal["note", "require"] = UNSET,
    ) -> Self:
        """`captions:` of a job: the file, how it looks, and what happens to its cues."""
        return self._put("captions", stated(
            file=file, recognise=recognise, style=style, font=font, fonts=fonts, look=look, burn=burn,
            sidecar=sidecar, stl_mode=stl_mode, lang=lang, size=size, emphasis=emphasis, position=position,
            encoding=encoding, words=words, glossary=glossary, never=never, mask=mask, stretch=stretch,
            rules=rules
        ))

    def placement(
        self, avoid: Sequence[Literal["faces", "letters"]] = UNSET,
    ) -> Self:
        """What graphics keep clear of, beside each other and the destination's safe area."""
        return self._put("placement", stated(avoid=avoid))

    def clean(
        self, channels: Literal["note", "mend"] = UNSET, *,
        highpass: float | None = UNSET,
        denoise: float | None = UNSET,
        deess: float | None = UNSET,
        compress: float | None = UNSET,
    ) -> Self:
        """The steps that clean the clip's own sound, in this order; each is off unless set."""
        return self._put("clean", stated(
            channels=channels, highpass=highpass, denoise=denoise, deess=deess, compress=compress
        ))

    def mix(  # noqa: PLR0913 (one argument a setting)
        self, clip: ClipMixDict = UNSET, *,
        voice: VoiceOverDict | None = UNSET,
        music: MusicDict | None = UNSET,
        effects: Sequence[SoundEffectDict] = UNSET,
        room: Literal["auto", "none"] = UNSET,
        mono: Literal["note", "require"] = UNSET,
    ) -> Self:
        """The sounds that play together: the clip, a voice-over, music, effects."""
        return self._put("mix", stated(
            clip=clip, voice=voice, music=music, effects=effects, room=room, mono=mono
        ))

    def sound(
        self, target: str = UNSET, *,
        lufs: float | None = UNSET,
        ceiling: float | None = UNSET,
        accept: Literal["exact", "achievable"] = UNSET,
        album: Sequence[str | Path] | bool = UNSET,
    ) -> Self:
        """How loud the delivered sound is, and how high it peaks."""
        return self._put("sound", stated(
            target=target, lufs=lufs, ceiling=ceiling, accept=accept, album=album
        ))

    def disclosure(
        self, source_type: Literal["auto", "none"] | str = UNSET, *,
        reason: str = UNSET,
        required: bool = UNSET,
        text: str = UNSET,
    ) -> Self:
        """How the deliverable was made."""
        return self._put("disclosure", stated(
            source_type=source_type, reason=reason, required=required, text=text
        ))

    def provenance(
        self, sign: Literal["auto", "required", "off"] = UNSET, *,
        certificate: str | Path | None = UNSET,
    ) -> Self:
        """Whether and as whom a deliverable is signed with Content Credentials (C2PA)."""
        return self._put("provenance", stated(sign=sign, certificate=certificate))
