// SPDX-License-Identifier: Apache-2.0

package import AWS

/// The setting `aws`.
package struct AWSSettings: Sendable {
    package let region: Region
    package let account: String
}
