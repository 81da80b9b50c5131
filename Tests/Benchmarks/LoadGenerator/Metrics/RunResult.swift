// The result of a run, as sums: the driver computes rates.

struct RunResult: Encodable {
  /// Length of the measured part.
  let seconds: Double
  /// Deliveries, requests or messages, depending on the workload, within the measured part.
  let units: Int
  /// Messages acknowledged as durable within the measured part.
  var messages: Int?
  /// Bytes of all delivered frames' payloads, within the measured part.
  var deliveredBytes: Int?
  /// Reads that returned bytes, within the measured part.
  var reads: Int?
  let latency: Latencies.Summary
  /// From the end of the measured part until every connection had received the last message.
  var drainSeconds: Double?
  /// Latencies before the storm, to compare with those during it.
  var latencyBefore: Latencies.Summary?
  /// Frames that the members received during the joins: the sum, and the most on one connection.
  var frames: Int?
  var framesMax: Int?
  /// Connections that the server closed after a response, as HTTP allows, and that were opened again.
  var reopened: Int?
}
