"""What is said, word by word: Whisper by faster-whisper, with weights that are installed or lie in a folder; never from the network."""

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
_LONGEST: Final = 4 * 3600  # s: what float32 samples of fit into a gigabyte
# Answers to noise are dropped by Whisper's own limits: text that compresses so well repeats itself, and what is unsure where the model
# hears no speech was not said. No word takes longer than _WORD, in s.
_COMPRESSED, _UNSURE, _SILENT, _WORD = 2.4, -1.0, 0.6, Fraction(1)
# Whisper's words begin early, by 90 to 170 ms on speech of known words (espeak-ng, three voices, words run together or apart). Taken
# so much later, and to the steepest rise of sound within so much of that, they are 9 to 55 ms off in the median.
_EARLY, _NEAR = 0.10, 0.12  # s
_OTHER: Final = 0.8  # House: so sure of another language the model must be to contradict who asked


@dataclass(frozen=True)
class RecognizedWord:
    """A word as written, with its punctuation; when it is spoken (s), and how sure the model is (0 to 1)."""

    text: str
    start: Fraction
    end: Fraction
    sure: float


@dataclass(frozen=True)
class TranscriptionFacts:
    """Every word in order; the language that the model takes it for, and how sure it is; how many words were dropped as made up."""

    words: tuple[RecognizedWord, ...]
    language: str
    sure: float
    dropped: int

    def another(self, language: str) -> str:
        """The language that was spoken instead of the one asked for; "" where it may well be that one."""
        return self.language if self.sure > _OTHER and self.language != tongue(language) else ""


@dataclass(frozen=True)
class Transcription(Analyser[TranscriptionFacts]):
    """The words of a sound in a language (ISO 639-1; "" lets the model find out), by the model of this digest."""

    language: str
    model: str

    version = 1
    wants = Samples(RATE)

    def begin(self) -> SpeechSamples:
        """CapabilityError without faster-whisper, its weights, or with others than those asked for."""
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
            raise CaptionError(f"speech is recognised in up to {_LONGEST // 3600} hours", "part the clip")

    def result(self) -> TranscriptionFacts:
        sound = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        if not sound.any():
            return TranscriptionFacts((), self.language, 0.0, 0)
        network = _network(self.model)
        found, sure = _language(network, sound)
        said, _ = network.transcribe(
            sound,
            language=self.language or found,
            beam_size=5,
            temperature=0,
            condition_on_previous_text=False,
            vad_filter=True,
            word_timestamps=True,
        )
        kept: list[RecognizedWord] = []
        dropped = 0
        for segment in said:
            words = list(_words(segment))
            silent = segment.no_speech_prob > _SILENT and segment.avg_logprob < _UNSURE
            made_up = silent or segment.compression_ratio > _COMPRESSED
            kept += [] if made_up else words
            dropped += len(words) if made_up else 0
        return TranscriptionFacts(tuple(_begun(kept, _rises(sound))), found, round(sure, 3), dropped)


def _words(segment: Any) -> Iterator[RecognizedWord]:
    for word in segment.words or ():
        start, end = (Fraction(round(1000 * float(time)), 1000) for time in (word.start, word.end))
        # A word behind a silence is given the silence too.
        yield RecognizedWord(
            str(word.word), max(start, end - _WORD), max(end, start), round(float(word.probability), 3)
        )


_HOP, _WINDOW, _BANDS = (
    RATE // 100,
    RATE // 40,
    24,
)  # samples: 10 and 25 ms; bands from 100 Hz to 8 kHz, evenly by ear


def _rises(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """How much louder each 10 ms is than those before it, over all bands, in nepers; never below 0."""
    padded = np.pad(sound, (_WINDOW // 2, _WINDOW))
    edges = np.unique((np.geomspace(100, RATE / 2, _BANDS + 1) / RATE * 512).astype(int))
    window = np.hanning(_WINDOW).astype(np.float32)
    found = []
    for at in range(
        0, len(sound), 6000 * _HOP
    ):  # a minute at a time: spectra are ten times as large as sound
        part = padded[at : at + 6000 * _HOP + _WINDOW]
        frames = np.lib.stride_tricks.sliding_window_view(part, _WINDOW)[::_HOP]
        spectrum = np.abs(np.fft.rfft(frames * window, 512))
        found.append(np.stack([spectrum[:, low:high].mean(1) for low, high in pairwise(edges)], 1)[:6000])
    loud = np.log(np.concatenate(found) + 1e-4)
    padded_loud = np.pad(loud, ((3, 2), (0, 0)), "edge")
    count = len(loud)
    after = (padded_loud[4 : 4 + count] + padded_loud[5 : 5 + count]) / 2
    before = (padded_loud[:count] + padded_loud[1 : 1 + count] + padded_loud[2 : 2 + count]) / 3
    return np.asarray(np.maximum(0, after - before).mean(1))


def _begun(words: list[RecognizedWord], rises: NDArray[np.float64]) -> Iterator[RecognizedWord]:
    """The words from the sound's nearest rise on, in order, each before its end."""
    last = Fraction(0)
    for word in words:
        middle, reach = round((float(word.start) + _EARLY) * 100), round(_NEAR * 100)
        near = np.arange(max(0, middle - reach), min(len(rises), middle + reach + 1))
        best = (
            int(near[np.argmax(rises[near] * (1 - np.abs(near - middle) / (reach + 1)))])
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
    found = resources.speech_model()
    if found.digest != digest:
        raise CapabilityError("the speech model is another than when this was planned", "run it again")
    os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from faster_whisper import WhisperModel
    except ImportError as missing:
        raise CapabilityError(
            f"speech recognition cannot be loaded: {missing}", "pip install 'finish[speech]'"
        ) from missing
    # Threads change the sums' last bits, and with them where a word begins: two, whatever the machine.
    how: dict[str, Any] = {
        "device": "cpu",
        "compute_type": "int8",
        "cpu_threads": 2,
        "local_files_only": True,
    }
    return (
        WhisperModel(str(found.folder), **how)
        if found.folder
        else WhisperModel("base", files=found.files(), **how)
    )
