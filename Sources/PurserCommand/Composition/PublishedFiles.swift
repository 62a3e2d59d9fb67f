// SPDX-License-Identifier: Apache-2.0

import Browser
import Cryptography
import HTTPTypes
import Sandbox
import Service
import Tokens

extension PublishedFile {
    /// Derives the entity tag from the content.
    init(
        _ kind: Kind, at path: String, contentType: String, cacheControl: String, headers: HTTPFields = [:],
        _ content: [UInt8]
    ) {
        self.init(
            kind: kind, path: path, contentType: contentType, cacheControl: cacheControl,
            entityTag: String(SHA256.digest(content).hex.prefix(24)), headers: headers, content: content)
    }

    /// The module that pages load to get credentials.
    static var browserModule: [PublishedFile] {
        BrowserModule.files.map { file in
            PublishedFile(
                .module, at: file.path, contentType: file.contentType, cacheControl: file.cacheControl, file.content)
        }
    }

    /// The OpenAPI description of Purser.
    static var description: PublishedFile {
        PublishedFile(
            .openAPI, at: "/openapi.json", contentType: "application/json", cacheControl: "public, max-age=300",
            APIDescription.json)
    }

    /// The discovery document and the key set with which AWS verifies minted tokens.
    static func issuer(_ issuer: MintingIssuer) -> [PublishedFile] {
        [
            (.discovery, "/.well-known/openid-configuration", issuer.discovery),
            (.keys, "/.well-known/jwks.json", issuer.jwks),
        ].map { (kind: Kind, path, content) in
            PublishedFile(
                kind, at: path, contentType: "application/json", cacheControl: "public, max-age=300", content)
        }
    }

    /// The pages of `purser dev`. Browsers revalidate them, because they change with the program.
    static func demo(_ store: DemoStore) throws -> [PublishedFile] {
        let headers: HTTPFields = [
            .contentSecurityPolicy: store.contentSecurityPolicy, .referrerPolicy: "no-referrer",
        ]
        return try store.files().map { file in
            PublishedFile(
                .demo, at: file.path, contentType: file.contentType, cacheControl: "no-cache", headers: headers,
                file.content)
        }
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = Self("referrer-policy")!
}
