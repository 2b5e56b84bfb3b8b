/// Numbers of Postgres' own types, as its catalogue `pg_type` fixes them.
enum TypeNumber {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let timestamptz: UInt32 = 1184
    static let uuid: UInt32 = 2950
    static let jsonb: UInt32 = 3802

    /// int2[], int4[], text[], varchar[], int8[], uuid[].
    static let arrays: Set<UInt32> = [1005, 1007, 1009, 1015, 1016, 2951]

    /// Types whose binary format is no text: those above, then oid, date, time, timestamp, interval, timetz and numeric.
    static let withoutText: Set<UInt32> = arrays.union([
        bool, bytea, int8, int2, int4, float4, float8, timestamptz, uuid, 26, 1082, 1083, 1114, 1186, 1266, 1700,
    ])
}
