// The mails as they are shipped: each is written once, and comes out as text and as HTML.
import Domain

struct ShippedTemplate {
  enum Part {
    case paragraph(String)
    /// The link, and what it does.
    case link(String)
    /// What is known of what happened: a label and a place each.
    case facts([(label: String, place: String)])
  }

  let subject: String
  let parts: [Part]

  private static let farewell = "{{site}}, {{url}}. This mail was written by a program to {{recipient}}; nobody reads the answers to it."

  var text: String {
    let body = parts.map { part in
      switch part {
      case .paragraph(let text): text
      case .link: "    {{link}}"
      case .facts(let facts): facts.map { "    \($0.label): {{\($0.place)}}" }.joined(separator: "\n")
      }
    }
    return "Subject: \(subject)\n\n" + (body + ["-- \n" + Self.farewell]).joined(separator: "\n\n") + "\n"
  }

  var html: String {
    let body = parts.map { part in
      switch part {
      case .paragraph(let text): "<p>\(text)</p>"
      case .link(let label):
        """
        <p><a href="{{link}}" style="\(Self.button)">\(label)</a></p>
        <p style="\(Self.small)">If the button does not work, open this address: <br>{{link}}</p>
        """
      case .facts(let facts): "<table>" + facts.map { "<tr><td>\($0.label)&ensp;</td><td>{{\($0.place)}}</td></tr>" }.joined() + "</table>"
      }
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(subject)</title></head>
      <body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#222;background:#fff">
      <div style="max-width:34em;margin:0 auto">
      \(body.joined(separator: "\n"))
      <p style="\(Self.small)">\(Self.farewell)</p>
      </div></body></html>

      """
  }

  private static let button =
    "display:inline-block;padding:10px 18px;border-radius:6px;background:#1d4ed8;color:#fff;text-decoration:none"
  private static let small = "font-size:13px;color:#666;word-break:break-all"
}

extension MailKind {
  private static let validity = "It works once, for {{valid_for}} (until {{valid_until}})."
  private static let facts = ShippedTemplate.Part.facts([("When", "time"), ("Device", "device"), ("Address", "address")])

  var shipped: ShippedTemplate {
    switch self {
    case .verifyEmail:
      ShippedTemplate(
        subject: "Confirm your e-mail address for {{site}}",
        parts: [
          .paragraph("Hello {{username}},"),
          .paragraph(
            "{{recipient}} was given as the e-mail address of the account {{username}} at {{site}}. Please confirm that it is yours:"),
          .link("Confirm the address"),
          .paragraph(Self.validity),
          .paragraph("If this was not you, ignore this mail: the address stays unconfirmed."),
        ])
    case .resetPassword:
      ShippedTemplate(
        subject: "Choose a new password for {{site}}",
        parts: [
          .paragraph("Hello {{username}},"),
          .paragraph("somebody has asked for a new password for your account at {{site}}. If that was you, choose one here:"),
          .link("Choose a new password"),
          .paragraph(Self.validity + " A new password signs out all your devices."),
          .paragraph("If this was not you, ignore this mail: your password stays as it is."),
        ])
    case .addressTaken, .newDevice, .passwordChanged, .emailChanged, .test: notice
    }
  }

  /// Mails without a link.
  private var notice: ShippedTemplate {
    switch self {
    case .addressTaken:
      ShippedTemplate(
        subject: "You have an account at {{site}}",
        parts: [
          .paragraph("Hello {{username}},"),
          .paragraph("somebody has given {{recipient}} as the address of another account at {{site}}."),
          .paragraph("It stays the address of your account {{username}}, and they have not been told that there is one."),
          .paragraph("If that was you, sign in at {{url}} as {{username}}; if you have forgotten the password, ask for a new one there."),
          .paragraph("If it was not, there is nothing to do."),
        ])
    case .newDevice:
      ShippedTemplate(
        subject: "New sign-in to {{site}}",
        parts: [
          .paragraph("Hello {{username}},"),
          .paragraph("somebody has signed in to your account at {{site}} from a device that was not seen there before:"),
          Self.facts,
          .paragraph("If this was you, there is nothing to do."),
          .paragraph("If not, change your password at {{url}} now: that signs out every other device."),
        ])
    case .passwordChanged:
      ShippedTemplate(
        subject: "Your password for {{site}} was changed",
        parts: [
          .paragraph("Hello {{username}},"),
          .paragraph("the password of your account at {{site}} is another one now, and your other devices are signed out:"),
          Self.facts,
          .paragraph("If this was you, there is nothing to do."),
          .paragraph("If not, ask for a new password at {{url}} now, and tell the operator of the site."),
        ])
    case .emailChanged:
      ShippedTemplate(
        subject: "Your e-mail address at {{site}} was changed",
        parts: [
          .paragraph("Hello {{username}},"),
          .paragraph("the e-mail address of your account at {{site}} is {{new_email}} now. This is the last mail to {{recipient}}."),
          Self.facts,
          .paragraph("If this was you, there is nothing to do."),
          .paragraph("If not, change your password at {{url}} now, and tell the operator of the site."),
        ])
    default:
      ShippedTemplate(
        subject: "A test of mail from {{site}}",
        parts: [
          .paragraph("The operator of {{site}} has sent this mail to see whether mail works. It does."),
          .paragraph("There is nothing to do."),
        ])
    }
  }
}
