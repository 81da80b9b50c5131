// What the doctor looks at in front of the programs: nginx, the public URL, certificates.
import Configuration
import Domain
import Glibc
import HTTPSyntax
import Posix

extension Doctor {
  /// A WebSocket takes two; fewer serve only a small site.
  private static let workerConnectionsMin = 2048
  private static let certificateSecondsMin: Int64 = 14 * 86_400

  var nginxFindings: [Finding] {
    guard nginx.isThere else {
      return [.warn("nginx", "there is no configuration in \(nginx.directory): --nginx names another directory")]
    }
    var findings: [Finding] = []
    let (workers, connections) = (nginx.workers, nginx.workerConnections)
    if connections < Self.workerConnectionsMin {
      findings.append(
        .fail(
          "nginx",
          "worker_connections \(connections) lets \(workers * connections / 2) clients in, since each takes two: set 16384 in \(nginx.main)"
        ))
    } else if let open = system.number("echochat_connections"), open * 2 > Int64(workers * connections) * 8 / 10 {
      findings.append(
        .fail("nginx", "\(open) clients take more than 80 % of \(workers) × worker_connections \(connections): raise it in \(nginx.main)"))
    }
    if let keepalive = nginx.keepalive, workers * keepalive.connections >= settings.restThreads {
      findings.append(
        .fail(
          "nginx",
          """
          \(workers) workers keep \(keepalive.connections) connections each, which take all \(settings.restThreads) threads of the REST \
          worker: lower keepalive in \(keepalive.file), or raise ECHOCHAT_REST_THREADS
          """))
    }
    let kept = nginx.keepalive.map { "keepalive \($0.connections), " } ?? ""
    return findings.isEmpty
      ? [.ok("nginx", "\(workers) workers, worker_connections \(connections), \(kept)\(settings.restThreads) threads")] : findings
  }

  var publicURL: Finding {
    guard let url = settings.publicURL else {
      return .warn("public URL", "ECHOCHAT_PUBLIC_URL is not set: cookies are not marked as Secure, and mails have no links")
    }
    let isLocal = url.host == "localhost" || url.host.hasPrefix("127.") || url.host == "[::1]"
    guard url.scheme == "https" || isLocal else {
      return .fail(
        "public URL", "\(url.text) is not https: passwords travel in clear. Give nginx a certificate, then set ECHOCHAT_PUBLIC_URL")
    }
    if let reason = Reachability.obstacle(host: url.host, port: url.port) {
      return .fail("public URL", "\(url.text) cannot be reached from here: \(reason)")
    }
    return .ok("public URL", "\(url.text) can be reached")
  }

  /// Those that nginx's configuration names and this user may read.
  var certificateFindings: [Finding] {
    nginx.certificates.map { path in
      guard let text = try? TextFile.read(path) else { return .warn("certificate", "\(path) cannot be read: run this as root") }
      guard let end = CertificateExpiry.end(ofPEM: text) else { return .fail("certificate", "\(path) is no certificate") }
      let left = (end.milliseconds - Clock.wallMilliseconds()) / 1000
      let until = "\(path) is valid until \(Output.text(end))"
      if left <= 0 { return .fail("certificate", "\(until), which is over: renew it") }
      return left < Self.certificateSecondsMin ? .warn("certificate", "\(until): is it renewed by itself?") : .ok("certificate", until)
    }
  }
}
