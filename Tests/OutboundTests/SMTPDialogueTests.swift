// Where a transfer stands, as the lines between client and server tell.
import Curl
import Testing

@Suite struct SMTPDialogueTests {
  private func dialogue(_ lines: String...) -> SMTPDialogue {
    var dialogue = SMTPDialogue()
    for line in lines {
      if line.hasPrefix("< ") { dialogue.received(Array((line.dropFirst(2) + "\r\n").utf8)) }
      if line.hasPrefix("> ") { dialogue.sent(Array((line.dropFirst(2) + "\r\n").utf8)) }
    }
    return dialogue
  }

  @Test func `each command begins a step, and its reply belongs to it`() {
    #expect(dialogue() == SMTPDialogue())
    #expect(dialogue("< 554 5.7.1 go away").step == .connecting && dialogue("< 554 go away").reply == SMTPReply(code: 554, text: "go away"))
    #expect(dialogue("< 220 hi", "> EHLO me").step == .hello && dialogue("< 220 hi", "> EHLO me").reply == nil)
    #expect(dialogue("> HELO me").step == .hello && dialogue("> STARTTLS").step == .startTLS)
    let recipient = dialogue("> MAIL FROM:<a@b>", "< 250 ok", "> RCPT TO:<c@d>", "< 550 5.1.1 nobody")
    #expect(recipient.step == .recipient && recipient.reply?.description == "550 5.1.1 nobody" && recipient.reply?.isPermanent == true)
    #expect(dialogue("> DATA", "< 354 go on").reply?.isRefusal == false)
    #expect(dialogue("> DATA", "< 451").reply?.description == "451")
  }

  @Test func `the lines of a login belong to AUTH, and nothing of them is kept`() {
    let login = dialogue("> AUTH LOGIN", "< 334 VXNlcm5hbWU6", "> c2VjcmV0", "< 535 5.7.8 no")
    #expect(login.step == .login && login.reply == SMTPReply(code: 535, text: "5.7.8 no"))
    #expect(!"\(login)".contains("c2VjcmV0"))
  }

  @Test func `what a server says commands no terminal and forges no line`() {
    let hostile = "\u{1b}]0;x\u{7}a\r\nb\u{0}\u{9b}c"
    let reply = dialogue("< 550 \(hostile)").reply
    let result = SMTPResult(isAccepted: false, step: .hello, reply: nil, error: hostile + String(repeating: "y", count: 1000))
    for text in [reply?.text ?? "", result.error] {
      #expect(text.utf8.allSatisfy { 0x20...0x7e ~= $0 } && text.contains("]0;x a") && text.utf8.count <= 300, "\(text.debugDescription)")
    }
  }

  @Test func `after the last byte only the reply to the whole mail counts`() {
    var dialogue = dialogue("> DATA", "< 354 go on")
    dialogue.endsMail()
    #expect(dialogue.step == .end && dialogue.reply == nil)
    dialogue.received(Array("250 2.0.0 queued".utf8))
    #expect(dialogue.reply?.code == 250)
  }

  @Test func `what is answered to a goodbye tells nothing of the mail`() {
    let refused = dialogue("> RCPT TO:<c@d>", "< 550 nobody", "> QUIT", "< 221 Bye")
    #expect(refused.step == .recipient && refused.reply?.code == 550)
  }

  @Test func `what fails before the mail fails for every mail`() {
    for step in [SMTPStep.connecting, .hello, .startTLS, .login] { #expect(step.isOfServer) }
    for step in [SMTPStep.sender, .recipient, .data, .end] { #expect(!step.isOfServer) }
  }

  @Test func `a reply is one line of printable ASCII, however it came`() {
    let reply = dialogue("> RCPT TO:<c@d>", "< 550 a\u{1b}[31mb\tc\u{e9}" + String(repeating: "x", count: 2000)).reply
    #expect(reply?.text.hasPrefix("a [31mb c  xxx") == true && reply?.text.utf8.count == 300)
    for line in ["", "5", "55", "abc", "999 x", "-50 x"] { #expect(dialogue("> RCPT TO:<c@d>", "< " + line).reply == nil) }
    #expect(dialogue("> EHLO me", "< 250-SIZE", "< 250 HELP").reply == SMTPReply(code: 250, text: "HELP"))
  }
}
