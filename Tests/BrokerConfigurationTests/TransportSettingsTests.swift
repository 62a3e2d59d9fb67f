// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServerTLS
import TestSupport
import Testing
import Vending

@testable import BrokerConfiguration

@Suite struct TransportSettingsTests {
    private func listening(_ text: String) -> String {
        SettingsFixture.replacing("listen: 127.0.0.1:8080", by: "listen: \(text)")
    }

    @Test("reads unix sockets as an address and as a mapping, with their mode")
    func sockets() throws {
        #expect(try SettingsFixture.read(listening("unix:/run/p")).listen == .unix(path: "/run/p"))
        let mapped = try SettingsFixture.read(listening("{address: 'unix:/run/p', mode: '0600'}"))
        #expect(mapped.listen == .unix(path: "/run/p") && mapped.listenTransport.socketMode == 0o600)
        let admin = try SettingsFixture.read(
            SettingsFixture.replacing("admin: 127.0.0.1:8081", by: "admin: {address: unix:/run/a, mode: 660}"))
        #expect(admin.admin == .unix(path: "/run/a") && admin.adminTransport.socketMode == 0o660)
        #expect(admin.listenTransport.socketMode == nil && admin.listenTransport.tls == nil)
        #expect("\(admin.admin)" == "unix:/run/a")
    }

    @Test("rejects malformed sockets and modes with their line")
    func malformed() {
        let tooLong = "unix:/\(String(repeating: "x", count: 106))"
        for bad in ["unix:run/p", "'unix:'", "unix:/", "unix:/run/", "'unix:/a b'", tooLong] {
            let problems = SettingsFixture.problems(listening(bad))
            #expect(problems.count == 1 && problems[0].hasPrefix("f:1: listen: found "), "\(problems)")
        }
        #expect(SettingsFixture.problems(listening("unix:/\(String(repeating: "x", count: 105))")).isEmpty)
        for bad in ["rw", "0888", "1660", "06600", "'+66'", "66"] {
            let problems = SettingsFixture.problems(listening("{address: 'unix:/run/p', mode: \(bad)}"))
            #expect(problems.count == 1 && problems[0].hasPrefix("f:1: listen.mode: found "), "\(problems)")
        }
        #expect(SettingsFixture.problems(listening("{address: '127.0.0.1:80', mode: '0660'}")).count == 1)
    }

    @Test("trusts peers of a unix socket only where there is one, and not the admin listener's proxies")
    func trusted() throws {
        let good = try SettingsFixture.read(listening("unix:/run/p\ntrusted-proxies: [unix, 10.0.0.0/8]"))
        #expect(good.trustsSocketPeers && good.trustedProxies.map(\.description) == ["10.0.0.0/8"])
        #expect(
            SettingsFixture.problems(listening("127.0.0.1:80\ntrusted-proxies: [unix]")) == [
                #"f:2: trusted-proxies: found "unix"; expected it only where `listen` is a unix socket"#
            ])
        let admin = SettingsFixture.replacing(
            "admin: 127.0.0.1:8081", by: "admin: {address: '127.0.0.1:8081', proxy-protocol: true}")
        #expect(SettingsFixture.problems(admin).first?.contains("admin.proxy-protocol") == true)
    }

    private func tls(_ key: TemporaryFile, _ more: String = "") throws -> (text: String, certificate: TemporaryFile) {
        let certificate = try TemporaryFile(String(decoding: TestCertificates.certificate, as: UTF8.self))
        return (
            listening(
                "{address: '127.0.0.1:8443', tls: {certificate: '\(certificate.path)', key: '\(key.path)'\(more)}}"),
            certificate
        )
    }

    @Test("reads the files of `tls`, and reports a mistake of one at its own line")
    func files() throws {
        let key = try TemporaryFile(String(decoding: TestCertificates.key, as: UTF8.self))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.path)
        let (text, certificate) = try tls(key)
        defer { withExtendedLifetime((key, certificate)) {} }
        let settings = try #require(try SettingsFixture.read(text).listenTransport.tls)
        #expect(settings.material.key == TestCertificates.key && settings.files.clientCA == nil)
        #expect(!settings.files.keyIsReadableByGroup)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key.path)
        #expect(settings.files.keyIsReadableByGroup && SettingsFixture.problems(text).isEmpty)
        try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: key.path)
        #expect(SettingsFixture.problems(text).first?.contains("listen.tls.key: \(key.path): may be read") == true)
    }

    @Test("rejects a `tls` without its files, with unknown keys and with authorities that cannot be read")
    func incomplete() throws {
        let key = try TemporaryFile(String(decoding: TestCertificates.key, as: UTF8.self))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.path)
        for (more, reason) in [
            (", client-ca: /nowhere", "listen.tls.client-ca: /nowhere: can't be read"),
            (", ca: x", "listen.tls.ca: found"),
            (", client-ca: []", "listen.tls.client-ca: found a list"),
        ] {
            let (text, certificate) = try tls(key, more)
            defer { withExtendedLifetime((key, certificate)) {} }
            let problems = SettingsFixture.problems(text)
            #expect(problems.count == 1 && problems[0].contains(reason), "\(problems)")
        }
        #expect(SettingsFixture.problems(listening("{address: '127.0.0.1:1', tls: {}}")).count == 2)
        #expect(SettingsFixture.problems(listening("{address: '127.0.0.1:1', tls: yes}")).count == 1)
    }
}
