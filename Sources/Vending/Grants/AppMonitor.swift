// SPDX-License-Identifier: Apache-2.0

/// A CloudWatch RUM app monitor: the one resource that a grant's credentials may write to.
package struct AppMonitor: Hashable, Sendable {
    /// Part of the ARN, and so of policies (CreateAppMonitor `Name`).
    package let name: String
    /// A UUID, part of the data plane's path (PutRumEvents `Id`).
    package let id: String
    package let region: String
    /// 12 digits.
    package let account: String
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    package let partition: String
    /// Base address of the data plane, without a trailing slash.
    package let endpoint: String
    /// What the monitor's resource policy requires of requests (PutRumEvents `Alias`); `nil` for none.
    package let alias: String?

    package init(
        name: String, id: String, region: String, account: String, partition: String, endpoint: String,
        alias: String? = nil
    ) {
        self.name = name
        self.id = id
        self.region = region
        self.account = account
        self.partition = partition
        self.endpoint = endpoint
        self.alias = alias
    }

    package var arn: String { "arn:\(partition):rum:\(region):\(account):appmonitor/\(name)" }
}
