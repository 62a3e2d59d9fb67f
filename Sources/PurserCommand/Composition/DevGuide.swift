// SPDX-License-Identifier: Apache-2.0

import BrokerConfiguration
import Sandbox

/// Shell commands to try with `purser dev`.
enum DevGuide {
    static func text(broker: String, sandbox: String, _ configuration: SandboxConfiguration) -> String {
        let users = configuration.users.map { "\($0.name) / \($0.password)" }.joined(separator: ", ")
        let user = configuration.users.first
        let app = "\(broker)/v1/apps/\(DevSettings.app)"
        return #"""

            The demo store: \#(broker)/demo/
            Purser is at \#(broker), its sandbox at \#(sandbox). It needs no AWS account. Users: \#(users).
            Ctrl-C stops it. Paste these commands into another terminal:

            # 1. Sign in: a token of the sandbox's identity provider.
            TOKEN=$(curl -s \#(sandbox)/oauth2/token -d grant_type=password -d client_id=\#(configuration.clientID) -d username=\#(user?.name ?? "") -d password=\#(user?.password ?? "") | sed -E 's/.*"id_token":"([^"]+)".*/\1/')

            # 2. The user's credentials. Expect 200, and JSON with accessKeyId, secretAccessKey, sessionToken, expiration
            #    and the monitor \#(configuration.signedInMonitor.name).
            curl -si -H "Authorization: Bearer $TOKEN" \#(app)/credentials; echo

            # 3. A guest's credentials. Expect 200 and the monitor \#(configuration.guestMonitor.name).
            curl -si \#(app)/guest-credentials; echo

            # 4. No token. Expect 401 and the code missing_token.
            curl -si \#(app)/credentials; echo

            # 5. Send an event with the user's credentials. Expect 200 on the user's monitor, 403 on the guests'.
            CREDS=$(curl -s -H "Authorization: Bearer $TOKEN" \#(app)/credentials)
            field() { echo "$CREDS" | sed -E "s/.*\"$1\":\"([^\"]+)\".*/\1/"; }
            event='{"BatchId":"11111111-1111-4111-8111-111111111111","AppMonitorDetails":{"id":"\#(configuration.signedInMonitor.id)","version":"1.0.0"},"UserDetails":{"userId":"22222222-2222-4222-8222-222222222222","sessionId":"33333333-3333-4333-8333-333333333333"},"RumEvents":[{"id":"44444444-4444-4444-8444-444444444444","timestamp":'$(date +%s)',"type":"com.amazon.rum.page_view_event","details":"{}"}]}'
            for monitor in \#(configuration.signedInMonitor.id) \#(configuration.guestMonitor.id); do
              curl -s -o /dev/null -w '%{http_code}\n' --aws-sigv4 aws:amz:\#(configuration.region):rum --user "$(field accessKeyId):$(field secretAccessKey)" -H "x-amz-security-token: $(field sessionToken)" -H 'content-type: application/json' -d "$event" \#(sandbox)/appmonitors/$monitor
            done

            # 6. The exchange minted: Purser signs a token with tags and a source identity. Expect 200, and 12 hours.
            curl -si -H "Authorization: Bearer $TOKEN" \#(broker)/v1/apps/\#(DevSettings.mintedApp)/credentials; echo

            """#
    }
}
