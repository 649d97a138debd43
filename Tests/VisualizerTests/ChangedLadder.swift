import Foundation
import Testing

@testable import Visualizer

/// A captured ladder as its JSON stands, to be changed by hand.
struct ChangedLadder {
  typealias Object = [String: Any]

  var members: Object

  /// A ladder of the fixtures, by its name.
  init(_ name: String, in folder: URL = TCPLadderTests.folder) throws {
    let data = try Data(contentsOf: folder.appending(path: name + ".json"))
    members = try #require(try JSONSerialization.jsonObject(with: data) as? Object)
  }

  var events: [Object] {
    get { members["events"] as? [Object] ?? [] }
    set { members["events"] = newValue }
  }

  /// Changes the first event of a kind about a segment.
  mutating func change(
    _ kind: String, _ segment: Int, _ change: (inout Object) -> Void
  ) throws {
    let index = events.firstIndex {
      $0["kind"] as? String == kind && $0["seg"] as? Int == segment
    }
    change(&events[try #require(index)])
  }

  /// The ladder, read again.
  func ladder() throws -> TCPLadder {
    let bytes = Array(try JSONSerialization.data(withJSONObject: members))
    return try TCPLadder(file: "changed.json", bytes: bytes)
  }
}
