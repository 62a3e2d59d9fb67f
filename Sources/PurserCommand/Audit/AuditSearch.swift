// SPDX-License-Identifier: Apache-2.0

import AWS
import Foundation
import Vending

/// Searches an audit trail for the lines about one user.
struct AuditSearch {
    struct Found {
        var user: (issuer: Issuer, subject: Subject)?
        var count = 0
        var first: String?
        var last: String?
        var apps: Set<String> = []
    }

    private struct Line: Decodable {
        let message: String
        let time: String
        let app: String?
        let pseudonym: String?
        let sealed: String?
    }

    /// In bytes; Purser's lines are shorter.
    private static let lineLimit = 64 << 10

    private let pseudonym: Pseudonym
    private let key: PseudonymKey
    private let pattern: Data

    init(_ pseudonym: Pseudonym, _ key: PseudonymKey) {
        self.pseudonym = pseudonym
        self.key = key
        pattern = Data(pseudonym.text.utf8)
    }

    /// Skips all other lines, including those of other programs.
    func search(_ trail: FileHandle) throws -> Found {
        var found = Found()
        var rest = Data()
        while let chunk = try trail.read(upToCount: 1 << 20), !chunk.isEmpty {
            rest.append(chunk)
            var start = rest.startIndex
            while let end = rest[start...].firstIndex(of: 0x0A) {
                inspect(rest[start..<end], &found)
                start = end + 1
            }
            rest = Data(rest[start...])
            if rest.count > Self.lineLimit { rest = Data() }
        }
        inspect(rest, &found)
        return found
    }

    private func inspect(_ text: Data, _ found: inout Found) {
        guard text.firstRange(of: pattern) != nil,
            let line = try? JSONDecoder().decode(Line.self, from: Data(text)), line.message == "audit",
            line.pseudonym == pseudonym.text
        else { return }
        found.count += 1
        if found.first == nil { found.first = line.time }
        found.last = line.time
        if let app = line.app { found.apps.insert(app) }
        if found.user == nil { found.user = line.sealed.flatMap { key.open($0, of: pseudonym) } }
    }
}
