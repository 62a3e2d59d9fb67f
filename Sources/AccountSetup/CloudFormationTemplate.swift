// SPDX-License-Identifier: Apache-2.0

import AWS
import Vending

/// An app's documents as a CloudFormation template: monitors, roles, identity providers.
package enum CloudFormationTemplate {
    package static func make(_ documents: AppDocuments) -> TemplateValue {
        var resources: [String: TemplateValue] = [:]
        var outputs: [String: TemplateValue] = [:]
        for (name, grant) in [("SignedIn", documents.signedIn), ("Guest", documents.guest)] {
            guard let grant else { continue }
            resources["\(name)Monitor"] = monitor(grant, domains: documents.domains)
            resources["\(name)Role"] = role(grant)
            outputs["\(name)MonitorId"] = [
                "Description": "monitor.id in the configuration",
                "Value": ["Fn::GetAtt": .list([.string("\(name)Monitor"), "Id"])],
            ]
        }
        for (number, provider) in documents.providers.enumerated() {
            resources["IdentityProvider\(number + 1)"] = [
                "Type": "AWS::IAM::OIDCProvider",
                "Properties": [
                    "Url": .string(provider.url), "ClientIdList": .list(provider.audiences.map(TemplateValue.string)),
                ],
            ]
        }
        return [
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": .string("CloudWatch RUM monitors of \(documents.app) and the roles that Purser vends"),
            "Resources": .object(resources), "Outputs": .object(outputs),
        ]
    }

    private static func monitor(_ grant: GrantDocuments, domains: [String]) -> TemplateValue {
        [
            "Type": "AWS::RUM::AppMonitor",
            "Properties": [
                "Name": .string(grant.monitor.name),
                "DomainList": .list(domains.map(TemplateValue.string)),
                "CwLogEnabled": false,
                "ResourcePolicy": ["PolicyDocument": .string(grant.monitorPolicy.json())],
            ],
        ]
    }

    private static func role(_ grant: GrantDocuments) -> TemplateValue {
        var role: [String: TemplateValue] = [
            "Type": "AWS::IAM::Role",
            "Properties": [
                "RoleName": .string(grant.role.name), "Path": .string(grant.role.path),
                "MaxSessionDuration": .number(grant.maximumSessionDuration),
                "AssumeRolePolicyDocument": .policy(grant.trust),
                "Policies": [["PolicyName": "PutRumEvents", "PolicyDocument": .policy(grant.permission)]],
            ],
        ]
        if grant.parentPolicy != nil {
            // The linter's list of actions is older than sts:GetScopedCredentials (November 2026).
            role["Metadata"] = ["cfn-lint": ["config": ["ignore_checks": ["W3037"]]]]
        }
        return .object(role)
    }
}
