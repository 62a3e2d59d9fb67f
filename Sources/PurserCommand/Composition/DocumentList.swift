// SPDX-License-Identifier: Apache-2.0

import AWS
import AccountSetup
import Foundation
import Vending

/// Prints an app's documents as one JSON object with a fixed name for each.
enum DocumentList {
    static func make(_ documents: AppDocuments) -> TemplateValue {
        var list: [String: TemplateValue] = ["app": .string(documents.app.rawValue)]
        list["signed-in"] = documents.signedIn.map(grant)
        list["guest"] = documents.guest.map(grant)
        if !documents.providers.isEmpty {
            list["identity-providers"] = .list(
                documents.providers.map {
                    [
                        "url": .string($0.url), "arn": .string($0.principal),
                        "client-ids": .list($0.audiences.map(TemplateValue.string)),
                    ]
                })
        }
        list["purser"] = documents.broker.map { ["permission-policy": .policy($0)] }
        return .object(list)
    }

    private static func grant(_ grant: GrantDocuments) -> TemplateValue {
        var document: [String: TemplateValue] = [
            "role": [
                "arn": .string(grant.role.text), "trust-policy": .policy(grant.trust),
                "permission-policy": .policy(grant.permission),
                "maximum-session-duration": .number(grant.maximumSessionDuration),
            ],
            "monitor": ["arn": .string(grant.monitor.arn), "resource-policy": .policy(grant.monitorPolicy)],
            "session-policy": .string(grant.sessionPolicy),
        ]
        document["kept-session-policy"] = grant.parentPolicy.map(TemplateValue.string)
        return .object(document)
    }

    static func print(_ value: TemplateValue) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
