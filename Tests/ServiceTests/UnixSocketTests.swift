// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import Service

@Suite struct UnixSocketTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
        "s\(UUID())".prefix(12).lowercased())
    private var path: String { directory.appendingPathComponent("s").path }

    init() throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    private func listen(_ socket: UnixSocket) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: socket.bindPath, cleanupExistingSocketFile: true).get()
    }

    private var mode: Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
    }

    @Test("makes the file with its mode, and removes it")
    func life() async throws {
        let socket = UnixSocket(path: path, mode: 0o640)
        try await socket.prepare()
        let channel = try await listen(socket)
        #expect(mode == nil, "nobody can connect before the mode is set")
        socket.bound(channel)
        try socket.check()
        #expect(mode == 0o640)
        try await channel.close().get()
        #expect(mode == 0o640, "NIO removes only the name that it bound to")
        socket.remove()
        #expect(mode == nil)
    }

    @Test("a second one that starts meanwhile waits, and then finds the first one in use")
    func together() async throws {
        let (first, second) = (UnixSocket(path: path, mode: 0o600), UnixSocket(path: path, mode: 0o600))
        try await first.prepare()
        let waiting = Task { try await second.prepare() }
        let channel = try await listen(first)
        first.bound(channel)
        await #expect(throws: UnixSocketError.self) { try await waiting.value }
        second.remove()
        #expect(mode == 0o600)
        try await channel.close().get()
        first.remove()
    }

    @Test("leaves the socket of a later process")
    func later() async throws {
        let (first, second) = (UnixSocket(path: path, mode: 0o600), UnixSocket(path: path, mode: 0o600))
        try await first.prepare()
        let old = try await listen(first)
        first.bound(old)
        try await old.close().get()
        try await second.prepare()
        let new = try await listen(second)
        first.remove()
        second.bound(new)
        first.remove()
        #expect(mode == 0o600)
        try await new.close().get()
        second.remove()
        #expect(mode == nil)
    }

    @Test("refuses a directory that is not there, and a file that cannot be replaced")
    func unusable() async throws {
        let nowhere = UnixSocket(path: "/nowhere-at-all/s", mode: 0o600)
        await #expect(throws: UnixSocketError.self) { try await nowhere.prepare() }
        let socket = UnixSocket(path: path, mode: 0o600)
        try await socket.prepare()
        let channel = try await listen(socket)
        // A directory takes the place between the look and the rename.
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        socket.bound(channel)
        #expect(throws: UnixSocketError.self) { try socket.check() }
        try await channel.closeFuture.get()
        socket.remove()
        #expect(FileManager.default.fileExists(atPath: path))
    }
}
