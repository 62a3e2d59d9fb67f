"""An application's own web server: pages that a test makes."""

from .wire import WireServer, reply


class Site(WireServer):
    def __init__(self, pages):
        """`pages`: by path, the type of the content, the content, and further header fields if there are any."""
        self.pages = pages
        super().__init__()

    @property
    def origin(self):
        return self.url

    def handle(self, request, handler):
        kind, content, *headers = self.pages.get(request.path.partition("?")[0], ("text/plain", ""))
        status = 200 if content else 404
        fields = [("Content-Type", kind), ("Cache-Control", "no-store"), *headers]
        reply(handler, status, content.encode(), fields)
