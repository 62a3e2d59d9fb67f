// SPDX-License-Identifier: Apache-2.0

import AWS
import Vending

/// An app's documents in Terraform's JSON syntax: monitors, roles, identity providers.
///
/// The monitors use the provider `awscc`, since the provider `aws` does not support a monitor's resource policy.
package enum TerraformTemplate {
    package static func make(_ documents: AppDocuments) -> TemplateValue {
        var monitors: [String: TemplateValue] = [:]
        var roles: [String: TemplateValue] = [:]
        var policies: [String: TemplateValue] = [:]
        var outputs: [String: TemplateValue] = [:]
        for (name, grant) in [("signed_in", documents.signedIn), ("guest", documents.guest)] {
            guard let grant else { continue }
            monitors[name] = [
                "name": .string(literal(grant.monitor.name)),
                "domain_list": .list(documents.domains.map { .string(literal($0)) }), "cw_log_enabled": false,
                "resource_policy": ["policy_document": .string(literal(grant.monitorPolicy.json()))],
                // The resource policy names the role, so the role must exist first.
                "depends_on": .list([.string("aws_iam_role.\(name)")]),
            ]
            roles[name] = [
                "name": .string(literal(grant.role.name)), "path": .string(literal(grant.role.path)),
                "max_session_duration": .number(grant.maximumSessionDuration),
                "assume_role_policy": .string(literal(grant.trust.json())),
            ]
            policies[name] = [
                "name": "PutRumEvents", "role": .string("${aws_iam_role.\(name).id}"),
                "policy": .string(literal(grant.permission.json())),
            ]
            outputs["\(name)_monitor_id"] = [
                "description": "monitor.id in the configuration",
                "value": .string("${awscc_rum_app_monitor.\(name).app_monitor_id}"),
            ]
        }
        var resources: [String: TemplateValue] = [
            "awscc_rum_app_monitor": .object(monitors), "aws_iam_role": .object(roles),
            "aws_iam_role_policy": .object(policies),
        ]
        let providers = documents.providers.enumerated().map { number, provider in
            (
                "identity_provider_\(number + 1)",
                [
                    "url": .string(literal(provider.url)),
                    "client_id_list": .list(provider.audiences.map { .string(literal($0)) }),
                ] as TemplateValue
            )
        }
        if !providers.isEmpty {
            resources["aws_iam_openid_connect_provider"] = .object(Dictionary(uniqueKeysWithValues: providers))
        }
        return [
            "terraform": [
                "required_providers": [
                    "aws": ["source": "hashicorp/aws"], "awscc": ["source": "hashicorp/awscc"],
                ]
            ],
            "resource": .object(resources), "output": .object(outputs),
        ]
    }

    /// Escapes `${` and `%{`, which would begin a template in Terraform (Terraform Language, "Strings and Templates").
    private static func literal(_ text: String) -> String {
        var output = ""
        var rest = text[...]
        while let next = rest.first {
            if rest.hasPrefix("${") || rest.hasPrefix("%{") { output.append(next) }
            output.append(next)
            rest = rest.dropFirst()
        }
        return output
    }
}
