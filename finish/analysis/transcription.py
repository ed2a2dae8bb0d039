"""Speech recognition, word by word: Whisper, by faster-whisper.

Its weights are installed or in a folder, and never downloaded.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from finish import resources
from finish.errors import CapabilityError, CaptionError
from finish.model import Analyser, Array, Samples
from finish.units import tongue

RATE: Final = 16_000
_LONGEST: Final = 4 * 3600  # s; float32 samples of as much fit into a gigabyte
# Answers to noise are dropped by Whisper's own limits: text that compresses this well repeats itself, and
# uncertain text without detected speech wasn't spoken. No word takes longer than _WORD (s).
_COMPRESSED, _UNSURE, _SILENT, _WORD = 2.4, -1.0, 0.6, Fraction(1)
# Whisper's words begin 90 to 170 ms early on speech of known words (espeak-ng, three voices, words run
# together or apart). Moved by _EARLY, and then to the steepest rise of sound within _NEAR, they are 9 to 55
# ms off in the median.
_EARLY, _NEAR = 0.10, 0.12  # s
_OTHER: Final = 0.8  # house: the confidence from which on the detected language contradicts the stated one


@dataclass(frozen=True)
class RecognizedWord:
    """A word with its punctuation, the times at which it is spoken (s), and its confidence (0 to 1)."""

    text: str
    start: Fraction
    end: Fraction
    sure: float


@dataclass(frozen=True)
class TranscriptionFacts:
    """Every word in order, the detected language, its confidence (0 to 1), and the number of dropped words.

    Dropped words are those that the model made up.
    """

    words: tuple[RecognizedWord, ...]
    language: str
    sure: float
    dropped: int

    def other_language(self, language: str) -> str:
        """The detected language where it isn't `language`; "" where it is, or may be."""
        return self.language if self.sure > _OTHER and self.language != tongue(language) else ""


@dataclass(frozen=True)
class Transcription(Analyser[TranscriptionFacts]):
    """The words of a sound in a language (ISO 639-1; "" to detect it), by the model with this digest."""

    language: str
    model: str

    version = 1
    wants = Samples(RATE)

    def begin(self) -> SpeechSamples:
        """CapabilityError without faster-whisper or its weights, or where the weights are different ones."""
        return SpeechSamples(self.language, self.model)


@dataclass
class SpeechSamples:
    """The samples so far."""

    language: str
    model: str
    _blocks: list[NDArray[np.float32]] = field(default_factory=list)
    _count: int = 0

    def add(self, _: Fraction, data: Array) -> None:
        """A block of samples (n, channels) float32."""
        self._blocks.append(data.mean(1, dtype=np.float32))
        self._count += len(data)
        if self._count > _LONGEST * RATE:
            raise CaptionError(
                f"the clip is longer than {_LONGEST // 3600} hours, the limit of speech recognition",
                "split the clip, or provide a caption file",
            )

    def result(self) -> TranscriptionFacts:
        sound = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        if not sound.any():
            return TranscriptionFacts((), self.language, 0.0, 0)
        network = _network(self.model)
        language, sure = _language(network, sound)
        segments, _ = network.transcribe(
            sound,
            language=self.language or language,
            beam_size=5,
            temperature=0,
            condition_on_previous_text=False,
            vad_filter=True,
            word_timestamps=True,
        )
        kept: list[RecognizedWord] = []
        dropped = 0
        for segment in segments:
            words = list(_words(segment))
            silent = segment.no_speech_prob > _SILENT and segment.avg_logprob < _UNSURE
            made_up = silent or segment.compression_ratio > _COMPRESSED
            kept += [] if made_up else words
            dropped += len(words) if made_up else 0
        return TranscriptionFacts(
            tuple(_from_onsets(kept, _onsets(sound))), language, round(sure, 3), dropped
        )


def _words(segment: Any) -> Iterator[RecognizedWord]:
    for word in segment.words or ():
        start, end = (Fraction(round(1000 * float(time)), 1000) for time in (word.start, word.end))
        # The start of a word after a silence is that of the silence.
        yield RecognizedWord(
            str(word.word), max(start, end - _WORD), max(end, start), round(float(word.probability), 3)
        )


_HOP, _WINDOW = RATE // 100, RATE // 40  # samples: 10 and 25 ms
_BANDS: Final = 24  # from 100 Hz to 8 kHz, evenly spaced in pitch
_PART: Final = 6000  # hops: a minute at a time, because spectra are ten times as large as sound


def _onsets(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much louder each 10 ms is than those before it, over all bands (nepers, at least 0)."""
    padded = np.pad(sound, (_WINDOW // 2, _WINDOW))
    edges = np.unique((np.geomspace(100, RATE / 2, _BANDS + 1) / RATE * 512).astype(int))
    window = np.hanning(_WINDOW).astype(np.float32)
    parts = []
    for at in range(0, len(sound), _PART * _HOP):
        part = padded[at : at + _PART * _HOP + _WINDOW]
        frames = np.lib.stride_tricks.sliding_window_view(part, _WINDOW)[::_HOP]
        spectrum = np.abs(np.fft.rfft(frames * window, 512))
        parts.append(np.stack([spectrum[:, low:high].mean(1) for low, high in pairwise(edges)], 1)[:_PART])
    loud = np.log(np.concatenate(parts) + 1e-4)
    padded_loud = np.pad(loud, ((3, 2), (0, 0)), "edge")
    count = len(loud)
    after = (padded_loud[4 : 4 + count] + padded_loud[5 : 5 + count]) / 2
    before = (padded_loud[:count] + padded_loud[1 : 1 + count] + padded_loud[2 : 2 + count]) / 3
    return np.asarray(np.maximum(0, after - before).mean(1))


def _from_onsets(words: list[RecognizedWord], onsets: NDArray[np.float64]) -> Iterator[RecognizedWord]:
    """The words, each starting at the strongest onset nearby, in order and before its end."""
    last = Fraction(0)
    for word in words:
        middle, reach = round((float(word.start) + _EARLY) * 100), round(_NEAR * 100)
        near = np.arange(max(0, middle - reach), min(len(onsets), middle + reach + 1))
        best = (
            int(near[np.argmax(onsets[near] * (1 - np.abs(near - middle) / (reach + 1)))])
            if len(near)
            else middle
        )
        start = max(last, min(Fraction(best, 100), word.end - Fraction(1, 50)), Fraction(0))
        last = start
        yield RecognizedWord(word.text, start, max(word.end, start), word.sure)


def _language(network: Any, sound: NDArray[np.float32]) -> tuple[str, float]:
    if not network.model.is_multilingual:
        return "en", 0.0
    language, sure, _ = network.detect_language(sound, vad_filter=True)
    return str(language), float(sure)


def _network(digest: str) -> Any:
    model = resources.speech_model()
    if model.digest != digest:
        raise CapabilityError("the speech model has changed since this was planned", "run again")
    os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from faster_whisper import WhisperModel
    except ImportError as error:
        raise CapabilityError(
            f"finish can't load speech recognition: {error}", "run pip install 'finish[speech]'"
        ) from error
    # The number of threads changes the last bits of sums, and with them the start of a word: two on every
    # machine.
    options: dict[str, Any] = {
        "device": "cpu",
        "compute_type": "int8",
        "cpu_threads": 2,
        "local_files_only": True,
    }
    return (
        WhisperModel(str(model.folder), **options)
        if model.folder
        else WhisperModel("base", files=model.files(), **options)
    )
