// Makes small pictures of pictures, by `vipsthumbnail` as a child with limits: decoders meet what strangers have made in no program of ours.
import Domain
import Posix

final class PictureMaker: Sendable {
  /// Pixels of the longest side of a thumbnail.
  static let thumbnailSide = 512
  static let mediaType = "image/webp"

  /// Bytes of address space; a picture of 64 megapixels takes a third of them.
  private static let memoryBytes: UInt = 512 << 20
  private static let cpuSeconds: UInt = 10
  private static let milliseconds = 10_000
  private static let resultBytesMax: UInt = 2 << 20
  /// Who may wait for the one child: uploads beyond that get no thumbnail. Each holds a thread of the worker pool for 10 s at most.
  private static let waitersMax = 4
  private static let shareMax = 2

  private let program: String?
  private let limiter = FairLimiter(permits: 1, waitersMax: waitersMax, shareMax: shareMax)

  init(program: String? = ChildProcess.find("vipsthumbnail")) {
    self.program = program
  }

  var isAvailable: Bool { program != nil }

  /// Writes a WebP file of at most `thumbnailSide` in each direction, upright and without metadata. False if there is none: the program is
  /// missing, cannot read the picture, or is busy.
  func makeThumbnail(of path: String, at result: String, for user: UserRowID) -> Bool {
    make([(["--size", "\(Self.thumbnailSide)x\(Self.thumbnailSide)>"], result)], of: path, for: user)
  }

  /// Writes a square of each size, cut from the middle.
  func makeSquares(of path: String, at results: [(size: AvatarSize, path: String)], for user: UserRowID) -> Bool {
    make(
      results.map { (["--size", "\($0.size.rawValue)x\($0.size.rawValue)", "--smartcrop", "centre"], $0.path) }, of: path, for: user)
  }

  private func make(_ wanted: [(options: [String], result: String)], of path: String, for user: UserRowID) -> Bool {
    guard let program else { return false }
    let request = PermitRequest(isPreferred: true, parties: ["\(user.value)"])
    let isMade = limiter.withPermit(request) {
      wanted.allSatisfy { options, result in Self.run(program, [path] + options + ["--output", result + "[Q=75,strip]"]) }
    }
    if case .success(true) = isMade { return true }
    return false
  }

  private static func run(_ program: String, _ arguments: [String]) -> Bool {
    let limits = ChildProcess.Limits(
      memoryBytes: memoryBytes, fileBytes: resultBytesMax, cpuSeconds: cpuSeconds, milliseconds: milliseconds, isIsolated: true)
    // In one thread, without loaders that are not made for strangers' files, and without files of its own.
    let environment = ["VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1", "VIPS_DISC_THRESHOLD": "400m", "MALLOC_ARENA_MAX": "1"]
    do {
      let outcome = try ChildProcess.run(program, arguments, environment: environment, limits)
      if outcome != .exited(0) { Log.debug("\(program): \(outcome)") }
      return outcome == .exited(0)
    } catch {
      Log.warning("\(error)")
      return false
    }
  }
}
