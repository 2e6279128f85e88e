"""Look at digests before anyone gets them: in the browser, or served to this machine."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from records.errors import InputError

__all__ = ["open_page", "preview_server"]


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing about it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Keep the terminal for Grapevine's own words."""

    def list_directory(self, path: object) -> None:
        """Refuse to list folders; the archive page is the list."""
        self.send_error(404)


def open_page(folder: Path, show: Callable[[str], bool] = webbrowser.open) -> str:
    """Open a digest's page in the browser; return its address.

    Raises:
        InputError: there is no page in the folder.
    """
    page = folder / "page.html"
    if not page.is_file():
        raise InputError(f"there is no page in {folder}; run `grapevine digest` first")
    address = page.resolve().as_uri()
    show(address)
    return address


def preview_server(digests: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of all digests for this machine only; call `serve_forever`, then `server_close`.

    Args:
        digests: `home.digests`.
        port: 0 takes a free one; `server_address` tells which.

    Raises:
        InputError: nothing has been built, or the port is taken.
    """
    if not (digests / "index.html").is_file():
        raise InputError(f"there are no digests in {digests}; run `grapevine digest` first")
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(digests)))
    except OSError as error:
        raise InputError(f"port {port} can't be used ({error.strerror}); choose another with --preview PORT") from error
