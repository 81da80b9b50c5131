// What libFuzzer runs: each target reads arbitrary bytes as the programs do, and stops on a crash or when two readings disagree.
import Glibc
import HTTPSyntax
import WebSocket
import Wire

@testable import Auth

/// The target that ECHOCHAT_FUZZ names.
private let target = getenv("ECHOCHAT_FUZZ").map { String(cString: $0) } ?? ""

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  switch target {
  case "handshake": fuzzHandshake(input)
  case "frames": fuzzFrames(input)
  case "utf8": fuzzUTF8(input)
  case "command": fuzzCommand(input)
  case "token": fuzzToken(input)
  case "host-token": fuzzHostToken(input)
  case "host-keys": fuzzHostKeys(input)
  case "parameters": fuzzParameters(input)
  case "target": fuzzTarget(input)
  case "picture": fuzzPicture(input)
  case "form": fuzzForm(input)
  case "name": fuzzName(input)
  // The control: a fault that the fuzzer must find.
  case "control": if input.starts(with: "fault".utf8) { fatalError("found") }
  default: fatalError("ECHOCHAT_FUZZ=\(target): there is no such target")
  }
  return 0
}

// MARK: WebSocket

/// A request that arrives whole, and one that arrives byte by byte, are the same; then everything that is asked of it.
private func fuzzHandshake(_ input: [UInt8]) {
  let whole = outcome { (bytes: [UInt8], parser: inout HandshakeParser) in
    switch parser.parse(bytes) {
    case .needMore: nil
    case .refused(let error): "refused \(error.status)"
    case .request(let request, let consumed): "request \(request.method) \(request.path) \(consumed)"
    }
  }
  // Byte by byte, unless that takes too long: the beginning is copied for each.
  let piece = input.count < 800 ? 1 : 97
  precondition(whole(input, HandshakeParser(), input.count) == whole(input, HandshakeParser(), piece), "cut differently, read differently")
  var parser = HandshakeParser()
  if case .request(let request, _) = parser.parse(input) { answer(request) }
  var client = ClientHandshake(key: "dGhlIHNhbXBsZSBub25jZQ==")
  if case .answer(let response, _) = client.parse(input) {
    _ = (client.isAccepted(by: response, sha1: Digest.sha1), response.subprotocol, response.header("server"))
  }
  var out: [UInt8] = []
  let text = String(decoding: input.prefix(100), as: UTF8.self)
  ClientHandshake().appendRequest(target: "/ws", host: "h", subprotocols: [text], headers: [HTTPHeader("X", text)], to: &out)
}

/// What a reading of ever longer beginnings of the input comes to; nil while it needs more.
private func outcome<Parser>(
  _ parse: @escaping ([UInt8], inout Parser) -> String?
) -> (_ input: [UInt8], _ parser: Parser, _ step: Int) -> String? {
  { input, fresh, step in
    var parser = fresh
    var end = 0
    while end < input.count {
      end = min(input.count, end + step)
      if let outcome = parse(Array(input[..<end]), &parser) {
        return outcome
      }
    }
    return nil
  }
}

private func answer(_ request: HandshakeRequest) {
  _ = (request.origin, request.hasAuthorization, request.bearerToken, request.subprotocols, request.query("token"), request.header("host"))
  var out: [UInt8] = []
  do throws(HandshakeError) {
    let upgrade = try request.upgrade()
    let protocolName = upgrade.subprotocols.first
    HTTPResponse.appendSwitchingProtocols(upgrade, subprotocol: protocolName, server: "s", sha1: Digest.sha1, to: &out)
    // A client takes what the server answers.
    var client = ClientHandshake(key: upgrade.key)
    guard case .answer(let response, _) = client.parse(out) else { fatalError("our own answer is malformed") }
    precondition(client.isAccepted(by: response, sha1: Digest.sha1) && response.subprotocol == protocolName)
  } catch {
    HTTPResponse.append(error, problem: [], server: "s", to: &out)
    HTTPResponse.append(status: error.status, contentType: "text/plain", body: [0x61], omitsBody: true, to: &out)
  }
}

/// The first byte chooses role and pieces; the same bytes in other pieces bring the same events.
private func fuzzFrames(_ input: [UInt8]) {
  guard let choice = input.first else { return }
  let role: ProtocolState.Role = choice & 1 == 0 ? .server : .client
  let closesEarly = choice & 2 != 0
  let bytes = Array(input.dropFirst())
  let whole = transcript(bytes, role, piece: max(1, bytes.count), closesEarly)
  precondition(whole == transcript(bytes, role, piece: 1 + Int(choice >> 2) % 9, closesEarly), "cut differently, read differently")
}

private func transcript(_ bytes: [UInt8], _ role: ProtocolState.Role, piece: Int, _ closesEarly: Bool) -> [UInt8] {
  var state = ProtocolState(role: role)
  var answers: [UInt8] = []
  var events: [UInt8] = []
  if closesEarly { state.appendClose(.goingAway, reason: String(repeating: "é", count: 100), to: &answers) }
  for start in stride(from: 0, to: bytes.count, by: piece) {
    var part = Array(bytes[start..<min(bytes.count, start + piece)])
    part.withUnsafeMutableBytes { part in
      var input = ReceivedBytes(part)
      while let event = state.nextEvent(in: &input, limits: .init(maxMessageBytes: 4096, maxFragments: 16)) {
        record(event, in: &events)
        state.appendAnswer(to: event, to: &answers)
      }
      precondition(input.isEmpty || state.hasEnded, "bytes were left")
      precondition(input.count <= part.count)
    }
  }
  precondition(state.heldBytes <= 64 << 10, "more is held than a message may have")
  _ = (state.isIdle, state.isFinished, state.isBetweenMessages)
  state.appendPing(Array(bytes.prefix(200)), to: &answers)
  FrameWriter.append(.binary, bytes, isFinal: false, to: &answers)
  FrameWriter.appendHeader(.binary, payloadCount: bytes.count << 8, to: &answers)
  FrameWriter.appendMasked(.text, bytes, key: MaskingKey(bits: 0x0102_0304), to: &answers)
  FrameWriter.appendClose(bytes.isEmpty ? nil : .tooBig, reason: String(decoding: bytes, as: UTF8.self), to: &answers)
  if role == .client { readBack(bytes) }
  return events
}

private func record(_ event: ProtocolState.Event, in events: inout [UInt8]) {
  func add(_ kind: UInt8, _ payload: [UInt8]) {
    events += [kind, UInt8(payload.count & 0xFF), UInt8(payload.count >> 8 & 0xFF)] + payload
  }
  switch event {
  case .text(let payload):
    precondition(String(validating: payload.copy(), as: UTF8.self) != nil, "a text is not UTF-8")
    add(1, payload.copy())
  case .binary(let payload): add(2, payload.copy())
  case .ping(let payload): add(9, payload.copy())
  case .pong(let payload): add(10, payload.copy())
  case .close(let code, let reason): add(8, "\(code?.rawValue ?? 0)".utf8 + (reason.isEmpty ? [] : reason.copy()))
  case .violation(let violation):
    add(0, Array("\(violation.code.rawValue)".utf8))
    precondition(violation == violation)
  }
}

/// What is written masked is read as it was.
private func readBack(_ bytes: [UInt8]) {
  var wire: [UInt8] = []
  FrameWriter.appendHeader(.binary, payloadCount: 0, isFinal: true, to: &wire)
  FrameWriter.append(.binary, bytes, to: &wire)
  var state = ProtocolState(role: .client)
  var read: [[UInt8]] = []
  wire.withUnsafeMutableBytes { part in
    var input = ReceivedBytes(part)
    while let event = state.nextEvent(in: &input, limits: .init(maxMessageBytes: 1 << 20, maxFragments: 4)) {
      if case .binary(let payload) = event { read.append(payload.copy()) }
    }
  }
  precondition(read == [[], bytes], "what was written is not what is read")
}

private func fuzzUTF8(_ input: [UInt8]) {
  let isText = String(validating: input, as: UTF8.self) != nil
  precondition(input.withUnsafeBytes { UTF8Validator.isValid($0) } == isText, "not what the standard library says")
  for piece in [1, 3, 7] {
    var validator = UTF8Validator()
    var isGood = true
    for start in stride(from: 0, to: input.count, by: piece) where isGood {
      isGood = Array(input[start..<min(input.count, start + piece)]).withUnsafeBytes { validator.accept($0) }
    }
    precondition((isGood && validator.isComplete) == isText, "cut differently, read differently")
  }
}

// MARK: Everything else

private func fuzzCommand(_ input: [UInt8]) {
  let frame = CommandFrame(json: input)
  if let ref = frame.ref { precondition(ref.count <= CommandFrame.refCharactersMax) }
}

private let issuer: AccessTokenIssuer = {
  guard let issuer = try? AccessTokenIssuer(ring: .ephemeral(), issuer: "echochat", audience: "echochat") else { fatalError("no issuer") }
  return issuer
}()

/// As a token, which no stranger can sign, and as the claims of one that is signed.
private func fuzzToken(_ input: [UInt8]) {
  let now: Int64 = 1_800_000_000
  if (try? issuer.verify(String(decoding: input, as: UTF8.self), nowSeconds: now)) != nil { fatalError("a forged token was accepted") }
  var signed = issuer.ring.current.header + [UInt8(ascii: ".")] + Base64URL.encode(input).utf8
  let code = issuer.ring.current.hmac.authenticationCode(for: signed.span)
  signed += [UInt8(ascii: ".")] + Base64URL.encode(code).utf8
  if let claims = try? issuer.verify(String(decoding: signed, as: UTF8.self), nowSeconds: now) {
    precondition(claims.expiresAtSeconds > now && !claims.userID.isEmpty)
  }
}

private let hostSecret = HMACKey(Array(0..<32))
private let hostVerifier = HostTokenVerifier(
  keys: HostKeys(keys: [HostKey(name: nil, material: .secret(hostSecret))]), issuer: "i", audience: "a", ownKeyNames: [])

/// As a token, which no stranger can sign, and as header (up to the first NUL) and claims of one that is signed.
private func fuzzHostToken(_ input: [UInt8]) {
  let now: Int64 = 1_800_000_000
  if (try? hostVerifier.verify(input.span, nowSeconds: now)) != nil { fatalError("a forged token was accepted") }
  let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
  guard let header = parts.first, let claims = parts.last, parts.count == 2 else { return }
  let message = Array("\(Base64URL.encode(Array(header))).\(Base64URL.encode(Array(claims)))".utf8)
  let signed = message + [UInt8(ascii: ".")] + Base64URL.encode(hostSecret.authenticationCode(for: message.span)).utf8
  if let claims = try? hostVerifier.verify(signed.span, nowSeconds: now) {
    precondition(claims.expiresAtSeconds > now && !claims.subject.isEmpty && claims.issuedAtSeconds <= now + 5)
  }
}

/// As each kind of key file. A key that is accepted verifies no signature of zeros.
private func fuzzHostKeys(_ input: [UInt8]) {
  var keys = (try? HostKeys.keysOfPEM(input, "x.pem")) ?? []
  keys += (try? HostKeys.keysOfSet(input, "x.json")) ?? []
  if let key = try? HostKeys.keyOfSecret(input, "x") { keys.append(key) }
  if let key = try? PublicKey(spki: input) { keys.append(HostKey(name: nil, material: .publicKey(key))) }
  for key in keys {
    for count in [0, 32, 64, 256] {
      precondition(!key.isValid([UInt8](repeating: 0, count: count), for: input.span), "zeros are a signature")
    }
  }
}

/// A parameter block as libfcgi hands it over: `NAME=value` up to each NUL.
private func fuzzParameters(_ input: [UInt8]) {
  var parameters = FastCGIParameters()
  for entry in input.split(separator: 0) {
    entry.withUnsafeBufferPointer { parameters.add($0) }
  }
  for name in FastCGIParameters.Name.allCases { _ = parameters[name] }
  _ = parameters.hasRepetition
  fuzzTarget(parameters.target)
}

/// The target of a request: path and query.
private func fuzzTarget(_ input: [UInt8]) {
  let mark = input.firstIndex(of: UInt8(ascii: "?")) ?? input.endIndex
  if let path = try? Path(input[..<mark]) {
    for index in 0..<path.count { _ = path.text(index) }
  }
  guard let query = try? Query(input[mark...].dropFirst()) else { return }
  _ = (try? query.value("q"), try? query.number("before"), try? query.limit())
}
