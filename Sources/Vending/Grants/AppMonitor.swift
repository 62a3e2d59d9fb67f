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

    package init(name: String, id: String, region: String, account: String, partition: String, endpoint: String) {
        self.name = name
        self.id = id
        self.region = region
        self.account = account
        self.partition = partition
        self.endpoint = endpoint
    }

    package var arn: String { "arn:\(partition):rum:\(region):\(account):appmonitor/\(name)" }
}
