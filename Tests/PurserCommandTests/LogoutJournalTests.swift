// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Foundation
import Logging
import TestSupport
import Testing
import Vending

@testable import PurserCommand

@Suite struct LogoutJournalTests {
    private func settings(_ directory: URL, entries: Int = 1_000_000) -> LogoutSettings {
        LogoutSettings(
            file: LogoutFile(
                directory.appendingPathComponent("logouts").path, relativeTo: "f", keyID: "0123456789abcdef0123"),
            entries: entries)
    }

    private func open(_ settings: LogoutSettings, from time: Int = 0) throws -> LogoutJournal {
        try LogoutJournal.open(settings, from: time, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func record(_ number: Int, at time: Int = 1_000) -> LogoutRecord {
        LogoutRecord(
            identifier: LogoutKey(UInt64(number)), issuedAt: time, user: LogoutKey(UInt64(number)), session: nil)
    }

    private func directory<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(url)
    }

    private func lines(_ settings: LogoutSettings) throws -> Int {
        try String(contentsOf: settings.file.url, encoding: .utf8).split(separator: "\n").count
    }

    @Test("what is stored is read again, without what is out of date")
    func stores() async throws {
        try await directory { url in
            let settings = settings(url)
            do {
                let journal = try open(settings)
                for number in 1...3 {
                    try journal.list.add(record(number, at: number * 1_000))
                    try await journal.store(record(number, at: number * 1_000))
                }
                #expect(throws: CommandError.self) { try open(settings) }
                await journal.close()
                await #expect(throws: LogoutError.self) { try await journal.store(record(4)) }
            }
            let journal = try open(settings, from: 2_000)
            #expect(Set(journal.list.records) == [record(2, at: 2_000), record(3, at: 3_000)])
            #expect(try lines(settings) == 3)
        }
    }

    @Test("the file is written anew when most of its lines are out of date")
    func compacts() async throws {
        try await directory { url in
            let settings = settings(url)
            let journal = try open(settings)
            for number in 0..<1_300 {
                try journal.list.add(record(number, at: number))
                try await journal.store(record(number, at: number))
            }
            #expect(try lines(settings) == 1_301)
            journal.list.removeAll(before: 1_299)
            let last = record(2_000, at: 2_000)
            try journal.list.add(last)
            try await journal.store(last)
            #expect(try Set(settings.file.read()) == [record(1_299, at: 1_299), last])
            try await journal.store(record(2_001, at: 2_000))
            #expect(try settings.file.read().count == 3)
        }
    }

    @Test("a file with more logouts than the list takes is an error at start")
    func tooMany() async throws {
        try await directory { url in
            let large = settings(url)
            do {
                let journal = try open(large)
                for number in 1...3 { try await journal.store(record(number)) }
                await journal.close()
            }
            let error = #expect(throws: CommandError.self) { try open(settings(url, entries: 2)) }
            #expect(error?.description.contains("has 3 logouts") == true)
            #expect(try open(settings(url, entries: 3)).list.count == 3)
        }
    }

    @Test("a file that was removed or replaced is written anew with all logouts")
    func removed() async throws {
        try await directory { url in
            let settings = settings(url)
            let journal = try open(settings)
            try journal.list.add(record(1))
            try await journal.store(record(1))
            try FileManager.default.removeItem(at: settings.file.url)
            try journal.list.add(record(2))
            try await journal.store(record(2))
            #expect(try Set(settings.file.read()) == [record(1), record(2)])
        }
    }
}
