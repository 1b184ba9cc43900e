"""For printing: what of a notebook goes on paper when File → Print… is chosen, and how large."""

from __future__ import annotations

# Tables, and two pictures side by side; no code, no text of a cell, and no aside (a quotation).
TWO_PAGES = """
@page { size: A4; margin: 8mm 10mm }
@media print {
  .jp-CodeCell:not(:has(img)), .jp-InputPrompt, .jp-OutputPrompt, blockquote { display: none !important }
  .jp-CodeCell .jp-Cell-inputWrapper, .jp-InputCollapser, .jp-OutputCollapser { display: none !important }
  .jp-Cell, .jp-Notebook, .jp-OutputArea-child, .jp-OutputArea-output { margin: 0 !important; padding: 0 !important }
  .jp-CodeCell { display: inline-block !important; width: 49.5%; vertical-align: top; break-inside: avoid }
  .jp-CodeCell img { display: block }
  .jp-MarkdownCell { break-inside: avoid }
  .jp-RenderedHTMLCommon { font-size: 8pt; line-height: 1.2; padding: 0 !important }
  .jp-RenderedHTMLCommon > * { margin: 0 0 1.2mm !important }
  .jp-RenderedHTMLCommon h1 { font-size: 13pt }
  .jp-RenderedHTMLCommon h2 { font-size: 10pt; margin-top: 1.5mm !important; break-after: avoid }
  .jp-RenderedHTMLCommon table { font-size: 7.5pt; width: 100%; table-layout: auto !important }
  .jp-RenderedHTMLCommon :is(td, th) { padding: 0.4mm 1mm !important; text-align: left !important }
  .jp-RenderedHTMLCommon code { font-size: 7pt; padding: 0 !important; background: none !important }
  .anchor-link { display: none !important }
}
"""


class Paper:
    """A style for printing; on the screen nothing of it is seen."""

    def __init__(self, style: str) -> None:
        self.style = style

    def __repr__(self) -> str:
        return "a style for printing: tables and pictures go on paper, code and what it prints do not"

    def _repr_html_(self) -> str:
        return f"<style>{self.style}</style>"


two_pages = Paper(TWO_PAGES)
