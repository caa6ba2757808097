"""Chart forms: each file draws one; it exports `height(plot) -> inches` and `draw(sheet, plot)`."""
