// SPDX-License-Identifier: Apache-2.0

extension SandboxConfiguration {
    /// The account behind `purser dev`.
    package static var demo: SandboxConfiguration {
        let account = "123456789012"
        let clientID = "demo-store"
        // Deliberately wider than each app monitor needs: only the session policy separates the two monitors, so a
        // broker that omitted it would be noticed here.
        let policy = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"rum:PutRumEvents",\
            "Resource":"arn:aws:rum:us-west-2:\(account):appmonitor/DemoStore_*"},\
            {"Effect":"Allow","Action":"sts:GetScopedCredentials","Resource":"*"}]}
            """
        return SandboxConfiguration(
            region: "us-west-2",
            account: account,
            signedInMonitor: Monitor(
                name: "DemoStore_Authenticated", id: "5f2c6e0a-8d1b-4c3e-9a47-1b6d0e5f7a21"),
            guestMonitor: Monitor(
                name: "DemoStore_Unauthenticated", id: "c80b3d94-27e6-4f15-b3c2-6e9a4d1f8b07"),
            signedInRole: Role(
                arn: "arn:aws:iam::\(account):role/DemoStoreSignedIn",
                trust: DemoTrust.signedIn(account: account, clientID: clientID), maximumSessionDuration: 43_200,
                policy: policy),
            guestRole: Role(
                arn: "arn:aws:iam::\(account):role/DemoStoreGuest", trust: DemoTrust.guest(account: account),
                maximumSessionDuration: 43_200, policy: policy),
            mintedSignedInRole: Role(
                arn: "arn:aws:iam::\(account):role/DemoMintedSignedIn",
                trust: DemoTrust.mintedSignedIn(account: account),
                maximumSessionDuration: 43_200, policy: policy),
            mintedGuestRole: Role(
                arn: "arn:aws:iam::\(account):role/DemoMintedGuest", trust: DemoTrust.mintedGuest(account: account),
                maximumSessionDuration: 43_200, policy: policy),
            brokerIssuer: "https://\(DemoTrust.broker)",
            clientID: clientID,
            users: [
                User(
                    name: "alice", password: "wonderland", subject: "248289761001-a4f1", email: "alice@example.com"),
                User(name: "bob", password: "builder", subject: "937410588263-c07e", email: "bob@example.com"),
            ],
            tokenLifetime: 3_600)
    }
}
