import HTTPTypes
import NIOCore
import Testing

@testable import Service

@Suite struct PublishedFileTests {
    private let stage: ServiceHarness

    init() throws {
        stage = try ServiceHarness(files: [
            PublishedFile(
                kind: .keys, path: "/.well-known/jwks.json", contentType: "application/json",
                cacheControl: "public, max-age=300", entityTag: "one", headers: [.contentLanguage: "en"],
                content: Array("{\"keys\":[]}".utf8))
        ])
    }

    @Test("a file is answered with its type and age, for pages of any origin, whatever the query")
    func answered() async {
        for path in ["/.well-known/jwks.json", "/.well-known/jwks.json?x=/.."] {
            let answer = await stage.service.respond(to: stage.request(path, headers: [.origin: "https://anywhere"]))
            #expect(answer.status == .ok && String(buffer: answer.body) == "{\"keys\":[]}")
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.cacheControl] == "public, max-age=300")
            #expect(answer.headers[.contentLanguage] == "en")
            #expect(answer.headers[.accessControlAllowOrigin] == "*")
            #expect(answer.headers[.accessControlAllowCredentials] == nil)
            #expect(answer.headers[.contentLength] == "11")
            #expect(answer.headers[.eTag] == "\"one\"")
        }
    }

    @Test("HEAD says the same without the content")
    func head() async {
        let answer = await stage.service.respond(to: stage.request("/.well-known/jwks.json", method: .head))
        #expect(answer.status == .ok && answer.body.readableBytes == 0)
        #expect(answer.headers[.contentLength] == "11")
    }

    @Test(
        "who has it already is not sent it again", arguments: ["\"one\"", "W/\"one\"", "\"zero\" , \"one\"", "*"])
    func current(tag: String) async {
        let answer = await stage.service.respond(
            to: stage.request("/.well-known/jwks.json", headers: [.ifNoneMatch: tag]))
        #expect(answer.status == .notModified && answer.body.readableBytes == 0)
        #expect(answer.headers[.eTag] == "\"one\"" && answer.headers[.contentLength] == nil)
    }

    @Test("who has another one is", arguments: ["\"two\"", "one", "\"one", "\"onetwo\"", ""])
    func stale(tag: String) async {
        let answer = await stage.service.respond(
            to: stage.request("/.well-known/jwks.json", headers: [.ifNoneMatch: tag]))
        #expect(answer.status == .ok)
    }

    @Test("other methods are told those that there are")
    func methods() async {
        for method: HTTPRequest.Method in [.post, .options, .delete] {
            let answer = await stage.service.respond(to: stage.request("/.well-known/jwks.json", method: method))
            #expect(answer.status == .methodNotAllowed && answer.headers[.allow] == "GET, HEAD")
        }
    }

    @Test("nothing else is published, and lines name the kind of file")
    func others() async throws {
        for path in ["/.well-known/jwks.jso", "/.well-known/jwks.json/", "/.well-known/JWKS.json", "/"] {
            #expect(await stage.service.respond(to: stage.request(path)).status == .notFound)
        }
        _ = await stage.service.respond(to: stage.request("/.well-known/jwks.json"))
        let lines = try stage.log.lines()
        #expect(lines.compactMap { $0["endpoint"] as? String } == ["jwks"])
    }
}
