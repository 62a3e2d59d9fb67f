# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 requests that servers and proxies read differently, as bytes (RFC 9112).

`expected` is the status of Purser's response to the request when it arrives directly. REJECTED is any 4xx or the end of
the connection without a response, and then Purser reads nothing more from that connection.
"""

from dataclasses import dataclass

from .batches import GUESTS

CLOSED, REJECTED = "closed", "rejected"
PATH = "/v1/apps/shop/guest-credentials"
BATCHES = f"/v1/apps/shop/appmonitors/{GUESTS}"
# A request in a body or behind one: nobody sends it as a request of their own.
SMUGGLED = b"GET /v1/apps/smuggled/guest-credentials HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass(frozen=True)
class Case:
    name: str
    request: bytes
    expected: int | str = REJECTED

    def __str__(self):
        return self.name


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def get(*lines, target=PATH, method="GET", version="HTTP/1.1", host="Host: localhost"):
    lines = [f"{method} {target} {version}", *([host] if host else []), *lines, "", ""]
    return b"\r\n".join(_bytes(line) for line in lines)


def post(*lines, body=b"", version="HTTP/1.1"):
    return get("Content-Type: application/json", *lines, target=BATCHES, method="POST", version=version) + body


def chunked(body, *lines):
    return post("Transfer-Encoding: chunked", *lines, body=body)


HELLO, CHUNKS = b"hello", b"5\r\nhello\r\n0\r\n\r\n"
# Read by its length it is one body; read as chunks it is an empty body and another request.
TWO_BODIES = b"0\r\n\r\n" + SMUGGLED
# Read as chunks it is one body; read by a length of 5 it is another request.
SPLIT = f"{len(SMUGGLED):x}\r\n".encode() + SMUGGLED + b"\r\n0\r\n\r\n"
BOTH = f"Content-Length: {len(TWO_BODIES)}"


LENGTHS = [
    Case("a length", post("Content-Length: 5", body=HELLO), 200),
    Case("no length: the body is the next request", post(body=b""), 400),
    Case("two equal lengths", post("Content-Length: 5", "Content-Length: 5", body=HELLO)),
    Case("two different lengths", post("Content-Length: 5", "Content-Length: 6", body=HELLO)),
    Case("lengths 0 and all", post("Content-Length: 0", f"Content-Length: {len(SMUGGLED)}", body=SMUGGLED)),
    Case("a list of equal lengths", post("Content-Length: 5, 5", body=HELLO)),
    Case("a list of different lengths", post("Content-Length: 5, 6", body=HELLO)),
    Case("a length with a plus", post("Content-Length: +5", body=HELLO)),
    Case("a negative length", post("Content-Length: -5", body=HELLO)),
    Case("a hexadecimal length", post("Content-Length: 0x5", body=HELLO)),
    Case("a length with a space inside", post("Content-Length: 5 5", body=HELLO)),
    Case("a length with leading zeros", post("Content-Length: 0005", body=HELLO), 200),
    Case("a length with white space around", post("Content-Length:  \t5 \t", body=HELLO)),
    Case("a length after a vertical tab", post("Content-Length: \x0b5", body=HELLO)),
    Case("an empty length", post("Content-Length:", body=b"")),
    Case("a length that is a fraction", post("Content-Length: 5.0", body=HELLO)),
    Case("a length that is a word", post("Content-Length: five", body=HELLO)),
    Case("a length over 64 bits", post("Content-Length: 18446744073709551621", body=HELLO)),
    Case("a length of 2^63", post("Content-Length: 9223372036854775808", body=HELLO)),
    Case("a length over the limit", post("Content-Length: 99999999", body=HELLO), 413),
    Case("a space before the colon of the length", post(f"Content-Length : {len(SMUGGLED)}", body=SMUGGLED)),
    Case("a length in the name with an underscore", post("Content_Length: 500", "Content-Length: 5", body=HELLO), 200),
    Case("a GET with a body", get(f"Content-Length: {len(SMUGGLED)}") + SMUGGLED, 200),
    Case("a GET with chunks", get("Transfer-Encoding: chunked") + SPLIT, 200),
]

CODINGS = [
    Case("chunks", chunked(CHUNKS), 200),
    Case("chunks that hold a request", chunked(SPLIT), 200),
    Case("chunks, then a length", post("Transfer-Encoding: chunked", BOTH, body=TWO_BODIES)),
    Case("a length, then chunks", post(BOTH, "Transfer-Encoding: chunked", body=TWO_BODIES)),
    Case("a length that ends before the chunks", post("Content-Length: 4", "Transfer-Encoding: chunked", body=SPLIT)),
    Case("chunked in two fields", chunked(CHUNKS, "Transfer-Encoding: chunked")),
    Case("chunked twice in a list", post("Transfer-Encoding: chunked, chunked", body=CHUNKS)),
    Case("chunked, identity", post("Transfer-Encoding: chunked, identity", body=CHUNKS)),
    Case("identity, chunked", post("Transfer-Encoding: identity, chunked", body=CHUNKS)),
    Case("identity", post("Transfer-Encoding: identity", body=b"")),
    Case("identity with a length", post("Transfer-Encoding: identity", "Content-Length: 5", body=HELLO)),
    Case("gzip, chunked", post("Transfer-Encoding: gzip, chunked", body=CHUNKS)),
    Case("an unknown coding with a length", post("Transfer-Encoding: xchunked", BOTH, body=TWO_BODIES)),
    Case("chunked in capitals", post("Transfer-Encoding: CHUNKED", body=CHUNKS), 200),
    Case("chunked after two spaces", post("Transfer-Encoding:  chunked", body=CHUNKS), 200),
    Case("chunked after a tab", post("Transfer-Encoding:\tchunked", body=CHUNKS), 200),
    Case("chunked before a tab", post("Transfer-Encoding: chunked\t", body=CHUNKS)),
    Case("chunked after a vertical tab", post("Transfer-Encoding: \x0bchunked", BOTH, body=TWO_BODIES)),
    Case("chunked before a vertical tab", post("Transfer-Encoding: chunked\x0b", BOTH, body=TWO_BODIES)),
    Case("chunked after NUL", post("Transfer-Encoding: \x00chunked", BOTH, body=TWO_BODIES)),
    Case("chunked in quotes", post('Transfer-Encoding: "chunked"', BOTH, body=TWO_BODIES)),
    Case("chunked with a parameter", post("Transfer-Encoding: chunked;q=1", BOTH, body=TWO_BODIES)),
    Case("chunked after a comma", post("Transfer-Encoding: , chunked", BOTH, body=TWO_BODIES)),
    Case("an empty coding", post("Transfer-Encoding:", BOTH, body=TWO_BODIES)),
    Case("a folded coding", post("Transfer-Encoding:", " chunked", BOTH, body=TWO_BODIES)),
    Case("a space before the colon of the coding", post("Transfer-Encoding : chunked", BOTH, body=TWO_BODIES)),
    Case("a coding in a folded line", post("X-A: b", " Transfer-Encoding: chunked", BOTH, body=TWO_BODIES)),
    Case("a coding with an underscore", post("Transfer_Encoding: chunked", BOTH, body=TWO_BODIES), 200),
    Case("a coding after a bare CR", post("X-A: b\rTransfer-Encoding: chunked", BOTH, body=TWO_BODIES)),
    Case("a coding after a bare LF", post("X-A: b\nTransfer-Encoding: chunked", BOTH, body=TWO_BODIES)),
    Case("chunks in HTTP/1.0", post("Transfer-Encoding: chunked", body=CHUNKS, version="HTTP/1.0")),
    Case(
        "chunks and a length in HTTP/1.0",
        post("Transfer-Encoding: chunked", BOTH, body=TWO_BODIES, version="HTTP/1.0"),
    ),
]

CHUNK_FORMS = [
    Case("a chunk extension", chunked(b"5;a=b\r\nhello\r\n0\r\n\r\n"), 200),
    Case("a quoted chunk extension", chunked(b'5;a="b;c"\r\nhello\r\n0\r\n\r\n'), 200),
    Case("a chunk extension on the last chunk", chunked(b"5\r\nhello\r\n0;a=b\r\n\r\n"), 200),
    Case("a chunk extension of 40 KB", chunked(b"5;" + b"a" * 40_000 + b"\r\nhello\r\n0\r\n\r\n"), 200),
    Case("a chunk extension with a bare LF", chunked(b"5;\n" + b"hello\r\n0\r\n\r\n")),
    Case("a chunk extension with a bare CR", chunked(b"5;a\rb\r\nhello\r\n0\r\n\r\n")),
    Case("a chunk size before a space", chunked(b"5 \r\nhello\r\n0\r\n\r\n")),
    Case("a chunk size after a space", chunked(b" 5\r\nhello\r\n0\r\n\r\n")),
    Case("a chunk size with leading zeros", chunked(b"0005\r\nhello\r\n0000\r\n\r\n"), 200),
    Case("a chunk size in capitals", chunked(b"A\r\n0123456789\r\n0\r\n\r\n"), 200),
    Case("a chunk size over 64 bits", chunked(b"10000000000000005\r\nhello\r\n0\r\n\r\n")),
    Case("a chunk size of all ones", chunked(b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n")),
    Case("a chunk size over the limit", chunked(b"fffffff\r\nhello\r\n0\r\n\r\n")),
    Case("a chunk size with 0x", chunked(b"0x5\r\nhello\r\n0\r\n\r\n")),
    Case("a chunk size with a plus", chunked(b"+5\r\nhello\r\n0\r\n\r\n")),
    Case("a negative chunk size", chunked(b"-5\r\nhello\r\n0\r\n\r\n")),
    Case("a chunk size with an underscore", chunked(b"0_5\r\nhello\r\n0\r\n\r\n")),
    Case("an empty chunk size", chunked(b"\r\nhello\r\n0\r\n\r\n")),
    Case("a chunk longer than its size", chunked(b"5\r\nhello!\r\n0\r\n\r\n")),
    Case("a chunk shorter than its size", chunked(b"7\r\nhello\r\n0\r\n\r\n")),
    Case("chunk lines that end with LF", chunked(b"5\nhello\n0\n\n")),
    Case("a chunk size line that ends with LF", chunked(b"5\nhello\r\n0\r\n\r\n")),
    Case("a chunk whose data ends with LF", chunked(b"5\r\nhello\n0\r\n\r\n")),
    Case("a chunk size line that ends with CR", chunked(b"5\rhello\r\n0\r\n\r\n")),
    Case("chunks without the last line end", chunked(b"5\r\nhello\r\n0\r\n")),
    Case("chunks without an end", chunked(b"5\r\nhello\r\n")),
    Case("a trailer", chunked(b"5\r\nhello\r\n0\r\nX-Trailer: a\r\n\r\n"), 200),
    Case("a length as trailer", chunked(b"5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n")),
    Case("Authorization as trailer", chunked(b"5\r\nhello\r\n0\r\nAuthorization: Bearer a.b.c\r\n\r\n"), 200),
    Case("Transfer-Encoding as trailer", chunked(b"5\r\nhello\r\n0\r\nTransfer-Encoding: gzip\r\n\r\n")),
    Case("Host as trailer", chunked(b"5\r\nhello\r\n0\r\nHost: evil.example\r\n\r\n"), 200),
    Case("a folded trailer", chunked(b"5\r\nhello\r\n0\r\nX-Trailer: a\r\n b\r\n\r\n")),
    Case("a trailer without a colon", chunked(b"5\r\nhello\r\n0\r\nX-Trailer\r\n\r\n")),
]

FIELDS = [
    Case("LF at the end of every line", get().replace(b"\r\n", b"\n")),
    Case("LF at the end of one line", get("X-A: b\nX-C: d")),
    Case("LF at the end of the request line", get().replace(b"HTTP/1.1\r\n", b"HTTP/1.1\n")),
    Case("LF before the body", post("Content-Length: 5").replace(b"\r\n\r\n", b"\r\n\n") + HELLO),
    Case("a bare CR in a value", get("X-A: b\rc")),
    Case("a bare CR at the end of a line", get("X-A: b\r")),
    Case("NUL in a value", get("X-A: b\x00c")),
    Case("NUL in a name", get("X-\x00A: b")),
    Case("a control character in a value", get("X-A: b\x01c")),
    Case("an empty line first", b"\r\n" + get(), 200),
    Case("LF first", b"\n" + get(), 200),
    Case("a folded Host", get(host="Host:\r\n localhost")),
    Case("a folded Authorization", get("Authorization: Bearer", " a.b.c", target="/v1/apps/shop/credentials")),
    Case("a folded field", get("X-A: b", " c")),
    Case("a field folded with a tab", get("X-A: b", "\tc")),
    Case("a folded first line", get(host=None).replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\n Host: localhost\r\n")),
    Case("a space before a colon", get("X-A : b")),
    Case("a tab before a colon", get("X-A\t: b")),
    Case("an empty name", get(": b")),
    Case("a line without a colon", get("X-A")),
    Case("a name that is no token", get("X[A]: b")),
    Case("a name that is not ASCII", get("X-\xe9: b")),
    Case("a value that is not ASCII", get("X-A: \xe9"), 200),
    Case("an empty value", get("X-A:"), 200),
    Case("a missing Host", get(host=None)),
    Case("a missing Host in HTTP/1.0", get(host=None, version="HTTP/1.0")),
    Case("Host twice, the same", get("Host: localhost")),
    Case("Host twice, different", get("Host: evil.example")),
    Case("Host twice, the evil one first", get("Host: localhost", host="Host: evil.example")),
    Case("a Host that is foreign", get(host="Host: evil.example"), 421),
    Case("an empty Host", get(host="Host:")),
    Case("a Host with a space", get(host="Host: local host")),
    Case("a Host with a port", get(host="Host: localhost:8080"), 200),
    Case("a Host with an invalid port", get(host="Host: localhost:80a")),
    Case("a Host with a user", get(host="Host: evil.example@localhost")),
    Case("a Host with a path", get(host="Host: localhost/evil.example")),
    Case("a Host that is a list", get(host="Host: localhost, evil.example")),
    Case("a Host in capitals", get(host="HOST: LOCALHOST"), 200),
    Case("a Host after a space and colon", get(host="Host : localhost")),
    Case("Authorization twice", get("Authorization: Bearer a", "Authorization: Bearer b"), 200),
    Case("the length named in Connection", post("Connection: Content-Length", "Content-Length: 5", body=HELLO), 200),
    Case("the coding named in Connection", chunked(CHUNKS, "Connection: Transfer-Encoding"), 200),
    Case("Host named in Connection", get("Connection: Host"), 200),
    Case("an upgrade to h2c", get("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMA"), 200),
    Case("an upgrade to a WebSocket", get("Connection: Upgrade", "Upgrade: websocket"), 200),
    Case("Expect: 100-continue", post("Content-Length: 5", "Expect: 100-continue", body=HELLO), 200),
    Case("Expect: 100-continue without a body", get("Expect: 100-continue"), 200),
    Case("an unknown expectation", get("Expect: the-unexpected"), 200),
]

REQUEST_LINES = [
    Case("an absolute target with the same Host", get(target=f"http://localhost{PATH}"), 200),
    Case("an absolute target with another Host", get(target=f"http://localhost{PATH}", host="Host: evil.example")),
    Case("a foreign absolute target", get(target=f"http://evil.example{PATH}")),
    Case("an absolute target without a Host", get(target=f"http://localhost{PATH}", host=None)),
    Case("an absolute target with a user", get(target=f"http://evil.example@localhost{PATH}")),
    Case("an absolute target of another scheme", get(target=f"ftp://localhost{PATH}"), 200),
    Case("a target that is an authority", get(target="localhost:80")),
    Case("CONNECT", get(method="CONNECT", target="localhost:80", host="Host: localhost:80")),
    Case("OPTIONS of everything", get(method="OPTIONS", target="*"), 404),
    Case("GET of everything", get(target="*"), 404),
    Case("a target without a slash", get(target=PATH[1:])),
    Case("an empty target", get(target="")),
    Case("two spaces before the target", get(method="GET "), 200),
    Case("two spaces after the target", get(target=PATH + " "), 200),
    Case("a space inside the target", get(target="/v1/apps/shop/guest credentials")),
    Case("a space after the version", get(version="HTTP/1.1 ")),
    Case("a space before the method", b" " + get()),
    Case("tabs for spaces", get().replace(b" /", b"\t/").replace(b" HTTP", b"\tHTTP")),
    Case("a bare CR in the request line", get().replace(b" HTTP", b"\r HTTP")),
    Case("NUL in the target", get(target=PATH + "\x00")),
    Case("a method in small letters", get(method="get")),
    Case("an unknown method", get(method="BREW")),
    Case("a method that is no token", get(method="GE(T")),
    Case("a method of 20,000 letters", get(method="G" * 20_000)),
    Case("an empty method", get(method="")),
    Case("HTTP/0.9", f"GET {PATH}\r\n".encode()),
    Case("HTTP/1.0", get(version="HTTP/1.0"), 200),
    Case("HTTP/1.2", get(version="HTTP/1.2")),
    Case("HTTP/2.0", get(version="HTTP/2.0")),
    Case("HTTP/9.9", get(version="HTTP/9.9")),
    Case("HTTP/1.10", get(version="HTTP/1.10")),
    Case("HTTP/01.1", get(version="HTTP/01.1")),
    Case("a version in small letters", get(version="http/1.1")),
    Case("another protocol", get(version="RTSP/1.1")),
    Case("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Case("a percent-encoded letter", get(target=PATH.replace("guest", "%67uest")), 404),
    Case("a percent-encoded slash", get(target=PATH.replace("/guest", "%2Fguest")), 404),
    Case("a percent-encoded NUL", get(target=PATH + "%00"), 404),
    Case("an invalid percent-encoding", get(target=PATH + "%zz"), 404),
    Case("a double slash first", get(target="/" + PATH), 404),
    Case("a double slash inside", get(target=PATH.replace("/shop", "//shop")), 404),
    Case("dot segments", get(target="/v1/apps/smuggled/../shop/guest-credentials"), 404),
    Case("a dot segment", get(target="/v1/apps/./shop/guest-credentials"), 404),
    Case("percent-encoded dot segments", get(target="/v1/apps/smuggled/%2e%2e/shop/guest-credentials"), 404),
    Case("a fragment", get(target=PATH + "#fragment"), 404),
    Case("a query", get(target=PATH + "?a=b/../c"), 200),
    Case("a backslash", get(target=PATH.replace("/guest", "\\guest")), 404),
    Case("a parameter in the path", get(target=PATH + ";a=b"), 404),
    Case("a path that is not ASCII", get(target=PATH + "\xe9")),
    Case("a trailing slash", get(target=PATH + "/"), 404),
    Case("a path over 512 bytes", get(target="/" + "a" * 600)),
]

CASES = [*LENGTHS, *CODINGS, *CHUNK_FORMS, *FIELDS, *REQUEST_LINES]
