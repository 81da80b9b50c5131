// Every phase of a connection against every event, without a socket.
import TestSupport
import Testing
import WebSocket

@testable import PushDaemon

@Suite struct ConnectionStateTests {
  typealias State = ConnectionState
  typealias Event = ConnectionState.Event

  private static let closing = Event.closeRequested(.serviceRestart, reason: "restarting")
  private static let ourClose = State.Action.sendClose(.serviceRestart, reason: "restarting")

  private static let events: [Event] =
    [
      .upgraded, .streamRequested, .httpResponded, .authenticationStarted, .admitted, .caughtUp, closing, .peerClosed, .deadlineReached,
      .lost,
    ] + State.CloseHandshake.allCases.map { .writesCompleted($0) }

  /// What leads to each phase.
  private static let paths: [State.Phase: [Event]] = [
    .handshake: [],
    .awaitingAuth: [.upgraded],
    .authenticating: [.upgraded, .authenticationStarted],
    .openingStream: [.streamRequested, .authenticationStarted],
    .catchingUp: [.upgraded, .authenticationStarted, .admitted],
    .live: [.upgraded, .authenticationStarted, .admitted, .caughtUp],
    .closing: [.upgraded, closing],
    .httpResponseSent: [.httpResponded],
    .closed: [.lost],
  ]

  private struct Outcome: Equatable {
    let phase: State.Phase
    let actions: [State.Action]

    init(_ phase: State.Phase, _ actions: State.Action...) { (self.phase, self.actions) = (phase, actions) }
  }

  /// Everything that happens; what is not listed does not apply.
  private static let table: [State.Phase: [(event: Event, outcome: Outcome)]] = [
    .handshake: [
      (.upgraded, Outcome(.awaitingAuth)),
      (.streamRequested, Outcome(.openingStream)),
      (.httpResponded, Outcome(.httpResponseSent, .discardHandshake, .startClosingTimer)),
      (closing, Outcome(.closed, .discardHandshake, .release)),
      (.deadlineReached, Outcome(.closed, .discardHandshake, .release)),
      (.lost, Outcome(.closed, .discardHandshake, .release)),
    ],
    .awaitingAuth: [
      (.authenticationStarted, Outcome(.authenticating, .pauseReading)),
      (closing, Outcome(.closing, .discardHandshake, .startClosingTimer, ourClose)),
      (.peerClosed, Outcome(.closing, .discardHandshake, .startClosingTimer)),
      (
        .deadlineReached,
        Outcome(.closing, .discardHandshake, .startClosingTimer, .sendClose(.signInTimeout, reason: "no sign-in in time: sign_in_ms"))
      ),
      (.lost, Outcome(.closed, .discardHandshake, .release)),
    ],
    .authenticating: [
      (.admitted, Outcome(.catchingUp, .discardHandshake, .scheduleHeartbeat, .resumeReading)),
      (closing, Outcome(.closing, .discardHandshake, .resumeReading, .startClosingTimer, ourClose)),
      (.peerClosed, Outcome(.closing, .discardHandshake, .resumeReading, .startClosingTimer)),
      (.deadlineReached, Outcome(.authenticating, .restartAuthenticationTimer)),
      (.lost, Outcome(.closed, .discardHandshake, .resumeReading, .release)),
    ],
    .openingStream: [
      (.httpResponded, Outcome(.httpResponseSent, .discardHandshake, .resumeReading, .startClosingTimer)),
      (.authenticationStarted, Outcome(.openingStream, .pauseReading)),
      (.admitted, Outcome(.catchingUp, .discardHandshake, .scheduleHeartbeat, .resumeReading)),
      (closing, Outcome(.closing, .discardHandshake, .resumeReading, .startClosingTimer, .beginStream, ourClose)),
      (.deadlineReached, Outcome(.openingStream, .restartAuthenticationTimer)),
      (.lost, Outcome(.closed, .discardHandshake, .resumeReading, .release)),
    ],
    .catchingUp: [
      (.caughtUp, Outcome(.live, .discardCatchUp)),
      (closing, Outcome(.closing, .discardCatchUp, .startClosingTimer, ourClose)),
      (.peerClosed, Outcome(.closing, .discardCatchUp, .startClosingTimer)),
      (.writesCompleted(.incomplete), Outcome(.catchingUp, .continueCatchUp)),
      (.writesCompleted(.unanswered), Outcome(.catchingUp, .continueCatchUp)),
      (.writesCompleted(.complete), Outcome(.catchingUp, .continueCatchUp)),
      (.deadlineReached, Outcome(.catchingUp, .checkHeartbeat)),
      (.lost, Outcome(.closed, .discardCatchUp, .release)),
    ],
    .live: [
      (closing, Outcome(.closing, .unsubscribe, .startClosingTimer, ourClose)),
      (.peerClosed, Outcome(.closing, .unsubscribe, .startClosingTimer)),
      (.deadlineReached, Outcome(.live, .checkHeartbeat)),
      (.lost, Outcome(.closed, .unsubscribe, .release)),
    ],
    .closing: [
      (.peerClosed, Outcome(.closing, .startClosingTimer)),
      (.writesCompleted(.unanswered), Outcome(.closing, .shutDownWriting)),
      (.writesCompleted(.complete), Outcome(.closed, .release)),
      (.deadlineReached, Outcome(.closed, .release)),
      (.lost, Outcome(.closed, .release)),
    ],
    .httpResponseSent: [
      (.writesCompleted(.incomplete), Outcome(.httpResponseSent, .shutDownWriting)),
      (.writesCompleted(.unanswered), Outcome(.httpResponseSent, .shutDownWriting)),
      (.writesCompleted(.complete), Outcome(.httpResponseSent, .shutDownWriting)),
      (.deadlineReached, Outcome(.closed, .release)),
      (.lost, Outcome(.closed, .release)),
    ],
    .closed: [],
  ]

  private static func state(in phase: State.Phase) throws -> State {
    var state = State()
    for event in try #require(paths[phase]) {
      let actions = state.handle(event)
      try #require(actions != nil)
    }
    try #require(state.phase == phase)
    return state
  }

  @Test(arguments: State.Phase.allCases)
  func `in each phase every event has its outcome, or does not apply and changes nothing`(phase: State.Phase) throws {
    let before = try Self.state(in: phase)
    for event in Self.events {
      let expected = try #require(Self.table[phase]).first { $0.event == event }?.outcome
      var state = before
      let actions = state.handle(event)
      #expect(actions == expected?.actions, "\(phase), \(event)")
      #expect(state.phase == expected?.phase ?? phase, "\(phase), \(event)")
    }
  }

  @Test func `on any way through a life, whatever a phase holds is freed once and the socket is closed once, last`() {
    var random = SplitMix(seed: 7)
    for _ in 0..<5000 {
      var state = State()
      var held: [State.Action] = [.discardHandshake]
      var released = 0
      for _ in 0..<60 {
        let event = Self.events[random.int(0...(Self.events.count - 1))]
        guard let actions = state.handle(event) else { continue }
        #expect(released == 0, "\(event) after the end")
        for action in actions {
          switch action {
          case .discardHandshake, .discardCatchUp, .unsubscribe:
            #expect(held == [action])
            held = []
          case .release: released += 1
          default: break
          }
        }
        if state.phase == .catchingUp { held = [.discardCatchUp] }
        if state.phase == .live { held = [.unsubscribe] }
        if released > 0 { #expect(state.phase == .closed && held.isEmpty && actions.last == .release) }
      }
    }
  }

  @Test func `the state of a connection takes one byte`() {
    #expect(MemoryLayout<State>.size == 1)
  }
}
