/// The stable, machine-readable cause of a failure.
package typealias ErrorInfo = Google_Rpc_ErrorInfo

/// Which fields of the request are wrong, with `INVALID_ARGUMENT`.
package typealias BadRequest = Google_Rpc_BadRequest

/// When to try again, with `RESOURCE_EXHAUSTED` and `UNAVAILABLE`.
package typealias RetryInfo = Google_Rpc_RetryInfo

/// Which quota is used up, with `RESOURCE_EXHAUSTED`.
package typealias QuotaFailure = Google_Rpc_QuotaFailure

/// What must change before the call can succeed, with `FAILED_PRECONDITION`.
package typealias PreconditionFailure = Google_Rpc_PreconditionFailure

/// Which thing is missing, taken or not for the caller, with `NOT_FOUND`, `ALREADY_EXISTS` and `PERMISSION_DENIED`.
package typealias ResourceInfo = Google_Rpc_ResourceInfo
