"""How well the text of a page stands out, by the ratio of WCAG 2 (success criterion 1.4.3)."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

_PALE: Final = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const linear = (value) => (value <= 10.31475 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const paper = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  const grounds = new Map([[null, paper]]);
  const ground = (element) => {
    if (!grounds.has(element)) {
      grounds.set(element, over(parts(getComputedStyle(element).backgroundColor), ground(element.parentElement)));
    }
    return grounds.get(element);
  };
  const pale = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim(), element = texts.currentNode.parentElement;
    if (!text || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    if (element.closest("noscript, script, style, [disabled]")) continue;
    const style = getComputedStyle(element), behind = ground(element);
    const [one, other] = [luminance(over(parts(style.color), behind)), luminance(behind)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (one + 0.05) / (other + 0.05);
    const where = `${element.tagName} ${element.className}`;
    if (ratio < (large ? 3 : 4.5)) pale.set(where, `${text}: ${ratio.toFixed(1)}`);
  }
  return [...pale].map(([where, what]) => `${where}: ${what}`);
}"""


def pale(page: Page) -> list[str]:
    """Return the visible texts that stand out by less than 4.5:1 (3:1 if large), one for each kind of element."""
    found: list[str] = page.evaluate(_PALE)
    return found
