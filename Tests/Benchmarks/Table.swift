// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The names of the measurements.
enum Row {
    static let openssl = "openssl speed rsa2048, verify"
    static let digestGiven = "EVP_PKEY_verify alone"
    static let bare = "SHA-256 and EVP_PKEY_verify"
    static let new = "new RS256 token"
    static let remembered = "remembered token"
    static let formAndHeader = "form and header"
    static let header = "header"
    static let payload = "payload: strict JSON, iss"
    static let signature = "signature"
    static let claims = "claims, held by libjwt"
}

struct Table {
    let results: Rounds
    let baseline: String

    func text(_ others: [String]) -> String {
        var lines = [line("", "µs", "× libcrypto")]
        for row in [Row.openssl, Row.digestGiven, Row.bare, Row.new] { lines.append(measured(row, row)) }
        let median = { (row: String) in results.median(row) ?? 0 }
        let form = median(Row.formAndHeader) - median(Row.header)
        lines.append(figure("  form: parts, base64url", form))
        var remainder = median(Row.new) - form
        for row in [Row.header, Row.payload, Row.signature, Row.claims] {
            lines.append(measured("  " + row, row))
            remainder -= median(row)
        }
        lines.append(figure("  remainder: SHA-256 of the token, cache insertion", remainder))
        for row in [Row.remembered] + others { lines.append(measured(row, row)) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func measured(_ label: String, _ row: String) -> String {
        guard let median = results.median(row) else { return line(label, "–", "") }
        // `openssl speed` is not measured in every round, so it has no ratios per round.
        let ratio =
            row == Row.openssl
            ? results.median(baseline).map { median / $0 } : results.ratio(row, to: baseline)
        return line(label, Self.decimals(median), ratio.map(Self.decimals) ?? "")
    }

    private func figure(_ label: String, _ microseconds: Double) -> String {
        line(
            label, Self.decimals(microseconds), results.median(baseline).map { Self.decimals(microseconds / $0) } ?? ""
        )
    }

    private func line(_ label: String, _ first: String, _ second: String) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return label + right(first, max(1, 52 - label.count)) + right(second, 14)
    }

    private static func decimals(_ value: Double) -> String { String(format: "%.2f", value) }
}
