// SPDX-License-Identifier: Apache-2.0

/// The JSON Schema (2020-12) of the configuration file. A test compares its names with those that the decoders request.
package enum ConfigurationSchema {
    package static let text = String(decoding: PackageResources.configuration_schema_json, as: UTF8.self)
}
