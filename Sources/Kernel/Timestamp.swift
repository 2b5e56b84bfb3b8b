package import Foundation
package import SwiftProtobuf

extension Google_Protobuf_Timestamp {
    /// A moment as Postgres keeps it, to the microsecond; a `Date` carries a little noise below that.
    package init(microsecond date: Date) {
        let microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
        self.init(
            seconds: microseconds / 1_000_000,
            nanos: Int32(microseconds % 1_000_000) * 1_000
        )
    }
}
