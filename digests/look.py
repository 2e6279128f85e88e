"""How a digest looks: colours, and the inline styles that mail programs understand.

Bad is vermilion and good is blue (Okabe and Ito), which colour-blind readers tell apart; every colour is backed by a
word. Text colours keep WCAG AA contrast (4.5) on their ground, in light and dark; a test computes it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DARK", "HEIGHT", "LIGHT", "STYLES", "WIDTH", "Palette"]

WIDTH, HEIGHT = 536, 236  # of the chart, in CSS pixels
FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one scheme, as #rrggbb: `bad` and `good` for text, `_fill` for areas, `_soft` for earlier periods."""

    page: str
    card: str
    panel: str
    ink: str
    muted: str
    line: str
    bad: str
    good: str
    bad_fill: str
    good_fill: str
    bad_soft: str
    good_soft: str
    notice: str
    notice_ink: str


LIGHT = Palette(
    page="#f3f2ee",
    card="#ffffff",
    panel="#f7f6f3",
    ink="#1c1b19",
    muted="#65615a",
    line="#e5e2db",
    bad="#b54700",
    good="#00639c",
    bad_fill="#d55e00",
    good_fill="#0072b2",
    bad_soft="#efc6a6",
    good_soft="#a9cfe6",
    notice="#fdf0d5",
    notice_ink="#6b4e00",
)
DARK = Palette(
    page="#131312",
    card="#1d1d1b",
    panel="#272725",
    ink="#f1efe9",
    muted="#aba79e",
    line="#3a3935",
    bad="#ff9b59",
    good="#6fbdf0",
    bad_fill="#f0803c",
    good_fill="#4ba6e0",
    bad_soft="#70452b",
    good_soft="#2e556e",
    notice="#3d3110",
    notice_ink="#f6dd9e",
)


def _style(**properties: str) -> str:
    return ";".join(f"{name.replace('_', '-')}:{value}" for name, value in properties.items())


def _text(size: int, line: int, colour: str = LIGHT.ink, **more: str) -> str:
    return _style(font_family=FONT, font_size=f"{size}px", line_height=f"{line}px", color=colour, **more)


STYLES = {
    "body": _style(margin="0", padding="0", width="100%", background_color=LIGHT.page),
    "page": _style(background_color=LIGHT.page),
    "card": _style(background_color=LIGHT.card, border_radius="14px"),
    "kicker": _text(13, 18, LIGHT.muted),
    "brand": _text(15, 20, font_weight="700"),
    "headline": _text(26, 33, font_weight="700", margin="0", letter_spacing="-0.3px"),
    "lede": _text(16, 24, LIGHT.muted, margin="10px 0 0"),
    "careful": _text(14, 20, LIGHT.notice_ink, margin="0"),
    "notice": _style(background_color=LIGHT.notice, border_radius="8px", padding="10px 14px"),
    "tile": _style(background_color=LIGHT.panel, border_radius="10px", padding="15px 14px 14px", vertical_align="top"),
    "label": _text(12, 16, LIGHT.muted, font_weight="600"),
    "value": _text(36, 44, font_weight="700", letter_spacing="-0.5px"),
    "tile_note": _text(13, 18, LIGHT.muted),
    "title": _text(18, 24, font_weight="700", margin="0"),
    "paragraph": _text(15, 23, margin="0"),
    "estimate": _text(16, 25, margin="0"),
    "action": _style(border_left=f"4px solid {LIGHT.ink}", padding="2px 0 2px 14px"),
    "sample": _text(12, 16, LIGHT.muted, margin="0", text_align="center"),
    "quote": _text(15, 22, margin="0", overflow_wrap="anywhere", word_break="break-word"),
    "small": _text(13, 19, LIGHT.muted, margin="0"),
    "note": _text(12, 18, LIGHT.muted, margin="0 0 6px"),
    "footer": _text(12, 18, LIGHT.muted, margin="0", text_align="center"),
    "image": _style(display="block", width="100%", max_width="536px", height="auto", border="0", border_radius="8px"),
}
STYLES["image_text"] = _text(14, 20)
