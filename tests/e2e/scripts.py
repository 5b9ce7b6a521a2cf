"""What the scripted models of these tests say, and how they misbehave."""

import asyncio
from typing import Any

from tests.providers.fake_server import (
    DONE,
    SSE_HEAD,
    Connection,
    Script,
    event,
    finish,
    hanging_after,
    replying,
    streaming,
    usage,
    word,
)

MODELS: list[dict[str, Any]] = [
    {
        "id": "quux/zorblax-9",
        "wire_name": "zorblax-9-instruct-q8",
        "display_name": "Zorblax 9",
        "maker": "Quuxcorp Dynamics",
        "total_params_b": 8,
        "active_params_b": 8,
        "aliases": ["Zorblaxinette"],
    },
    {
        "id": "wibble/flarn",
        "wire_name": "flarn-large-2601",
        "display_name": "Flarn Large",
        "maker": "Wibbleworks",
        "total_params_b": 120,
        "active_params_b": 12,
        "aliases": ["Flarnounet"],
    },
]
NAMES = (
    *(model[key] for model in MODELS for key in ("id", "wire_name", "display_name", "maker")),
    *(alias for model in MODELS for alias in model["aliases"]),
    *("Zorblax", "Flarn", "Quuxcorp", "Wibbleworks", "Xylofer"),
)

HOSTILE = """# Titre <script>window.hacked = 1</script>

<img src=x onerror="window.hacked = 2"> et <div style="position:fixed;inset:0">voile</div>

${window.hacked = 3} {{constructor.constructor('window.hacked = 4')()}} {{{html}}}

[un lien](javascript:window.hacked=5) [dehors](https://evil.example/x) <https://evil.example/auto>

![image](https://evil.example/pixel.png) ![][ref]

[ref]: https://evil.example/ref.png

<iframe src="https://evil.example/"></iframe><form action="https://evil.example/"><input name="q"></form>

| a | b |
|---|---|
| <svg onload="window.hacked = 6"> | `</code><script>window.hacked=7</script>` |

```html
</pre></code><script>window.hacked = 8</script>
```
"""


def pieces(text: str, size: int = 7) -> list[str]:
    """A text cut into chunks that split names and characters alike."""
    return [text[start : start + size] for start in range(0, len(text), size)]


def saying(text: str) -> Script:
    """A whole answer in small chunks, with everything a provider adds to it."""
    return streaming([*(_signed(piece) for piece in pieces(text)), finish(), usage(completion_tokens=60), DONE])


def _signed(piece: str) -> bytes:
    return event(
        {
            "id": "chatcmpl-Zorblax-1",
            "model": "zorblax-9-instruct-q8",
            "system_fingerprint": "fp_Quuxcorp",
            "provider": "Xylofer Hosting",
            "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}],
        }
    )


SELF_NAMING = (
    "Je suis Zorblax 9, conçu par Quuxcorp Dynamics. On m'appelle aussi Zorblaxinette, "
    "ou Flarn Large de Wibbleworks, alias Flarnounet. zorblax-9-instruct-q8 et flarn-large-2601 sont mes noms. "
    "**Zor**blax, Z-orblax non."
)
PLAIN = (
    "Voici une réponse 🎉 avec des **mots** simples.\n\n- un\n- deux\n\n"
    "Puis un [lien](https://example.org/) et la fin.\n\n```\ncode\n```\n"
)


async def _count(connection: Connection, begin: int, end: int) -> None:
    for number in range(begin, end):
        blank = "\n\n" if number % 20 == 19 else " "
        await connection.chunk(word(f"mot{number}{blank}"))
        await asyncio.sleep(0.035)


async def slow(connection: Connection) -> None:
    """Words that take some two seconds."""
    await connection.send(SSE_HEAD)
    await _count(connection, 0, 60)
    await _end(connection)


async def _end(connection: Connection) -> None:
    for part in (finish(), usage(completion_tokens=120), DONE):
        await connection.chunk(part)
    await connection.send(b"0\r\n\r\n")


class HeldUntilLetGo:
    """The words of the slow one, of which all but the first few wait until they are let go."""

    def __init__(self) -> None:
        self.is_let_go = False

    async def __call__(self, connection: Connection) -> None:
        await connection.send(SSE_HEAD)
        await _count(connection, 0, 5)
        while not self.is_let_go:  # noqa: ASYNC110 - a test of another thread says so
            await asyncio.sleep(0.02)
        await _count(connection, 5, 60)
        await _end(connection)


class FailsUntilMended:
    """The first to ask gets an answer; the others an error that names the model, until it is mended."""

    def __init__(self) -> None:
        self.is_mended = False
        self._served: set[str] = set()

    async def __call__(self, connection: Connection) -> None:
        prompt = connection.request.json["messages"][-1]["content"]
        if self.is_mended or prompt not in self._served:
            self._served.add(prompt)
            await saying(PLAIN)(connection)
            return
        await replying(400, b'{"error": {"message": "Zorblax 9 by Quuxcorp Dynamics is overloaded"}}')(connection)


def make_scripts() -> dict[str, Script]:
    """The behaviours, by the name that calls them."""
    error = {"error": {"message": "zorblax-9-instruct-q8 at Xylofer Hosting exploded", "code": 500}}
    return {
        "plain": saying(PLAIN),
        "names": saying(SELF_NAMING),
        "hostile": saying(HOSTILE),
        "slow": slow,
        "hangs": hanging_after(word("Un début, "), word("puis rien. ")),
        "fails": replying(400, b'{"error": {"message": "Zorblax 9 by Quuxcorp Dynamics is not for you"}}'),
        "breaks": streaming([word("Un début utile. "), word("Et puis. "), event(error)]),
        "one-side": FailsUntilMended(),
    }
