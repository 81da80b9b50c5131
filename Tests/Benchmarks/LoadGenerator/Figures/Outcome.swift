// What one run measured; sums, not rates, so that whoever reads them divides once.

struct Outcome: Encodable {
  /// The length of the measured part.
  let seconds: Double
  /// What the workload is about (deliveries, requests, messages), within the measured part.
  let units: Int
  /// Messages acknowledged as durable within the measured part.
  var messages: Int?
  /// Bytes of all delivered frames' payloads, within the measured part.
  var deliveredBytes: Int?
  /// Times that a connection had something to read, within the measured part.
  var reads: Int?
  let latency: Latencies.Summary
  /// From the end of the measured part until the last message had reached everybody.
  var drainSeconds: Double?
  /// Latencies before the storm broke, to be compared with those meanwhile.
  var latencyBefore: Latencies.Summary?
  /// Frames that those who were there heard of those who came: of all together, and of the one who heard most.
  var frames: Int?
  var framesMax: Int?
  /// Connections that the server closed as HTTP lets it, and that were opened again.
  var reopened: Int?
}
