/// Credentials encoded once: the body of the native response, and where its fields are. Other forms copy the fields;
/// nothing decodes the body.
///
/// The fields' bytes are the same in JSON and outside: visible ASCII without `"` and `\`.
package struct EncodedCredentials: Sendable {
    /// The whole body.
    package let body: [UInt8]
    private let places: (accessKeyID: Place, secretAccessKey: Place, sessionToken: Place, expiration: Place)

    /// A range of the body, in half the space.
    private struct Place: Sendable {
        let start: UInt32
        let end: UInt32

        init(_ range: Range<Int>) {
            start = UInt32(range.lowerBound)
            end = UInt32(range.upperBound)
        }
    }

    /// - Parameters:
    ///   - body: up to 4 GiB.
    ///   - accessKeyID: the places of the fields' values in `body`, without quotes.
    package init(
        body: [UInt8], accessKeyID: Range<Int>, secretAccessKey: Range<Int>, sessionToken: Range<Int>,
        expiration: Range<Int>
    ) {
        self.body = body
        places = (Place(accessKeyID), Place(secretAccessKey), Place(sessionToken), Place(expiration))
    }

    package var accessKeyID: ArraySlice<UInt8> { slice(places.accessKeyID) }
    package var secretAccessKey: ArraySlice<UInt8> { slice(places.secretAccessKey) }
    package var sessionToken: ArraySlice<UInt8> { slice(places.sessionToken) }
    /// RFC 3339 in UTC.
    package var expiration: ArraySlice<UInt8> { slice(places.expiration) }

    private func slice(_ place: Place) -> ArraySlice<UInt8> { body[Int(place.start)..<Int(place.end)] }
}
