/// The roles that the hub itself gives. What they allow stands in the database.
enum Role: Int64, Sendable {
    case superAdmin = 1
    case user = 4
}
