// Files in JSON.
public import Domain

extension JSONWriter {
  /// A file as its readers see it. The paths need the reader's access token.
  public mutating func file(_ file: FileInfo) {
    object { json in
      json.field("file_id", file.id)
      json.field("name", file.name)
      json.field("media_type", file.mediaType)
      json.field("size", file.size)
      json.field("width", file.width)
      json.field("height", file.height)
      json.field("url", FileInfo.path + file.id.text)
      json.field("thumbnail_url", file.hasThumbnail ? FileInfo.path + file.id.text + "/thumbnail" : nil)
    }
  }

  /// A file as its uploader sees it in an export.
  public mutating func ownFile(_ file: OwnFile) {
    object { json in
      json.field("file_id", file.info.id)
      json.field("name", file.info.name)
      json.field("media_type", file.info.mediaType)
      json.field("size", file.info.size)
      json.field("url", file.purpose == .avatar ? nil : FileInfo.path + file.info.id.text)
      json.field("purpose", file.purpose == .avatar ? "avatar" : "attachment")
      json.field("created_at", file.createdAt)
    }
  }
}

extension FileInfo {
  static let path = "/api/v1/files/"
}

extension User {
  /// Where their picture is; another picture has another URL, so that one can be kept for ever.
  var avatarURL: String? { avatar.map { "/api/v1/users/\(id.text)/avatar?v=\($0.text)" } }
}
