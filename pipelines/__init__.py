"""Finds households in hardship before they ask, by comparing monthly extracts of city departments."""
