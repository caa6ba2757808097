"""The page: one file of HTML with its style; cards open by the browser's own popovers, without script."""
