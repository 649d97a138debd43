import BundledScenarios
import Glibc
import Models
import Testing

@testable import Visualizer

/// Where the tests' own files are.
enum TestFiles {
  static let folder: String = {
    let parts = "\(#filePath)".split(separator: "/").dropLast().map(String.init)
    return "/" + parts.joined(separator: "/")
  }()

  static var traces: String { folder + "/Fixtures/map" }
  static var golden: String { folder + "/Golden" }

  /// The bytes of a file; nil where there is none.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  static func write(_ path: String, _ bytes: [UInt8]) throws {
    let file = try #require(fopen(path, "w"), "\(path)")
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  /// Who may do what with a file; nil where there is none.
  static func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }

  /// The names in a folder, sorted.
  static func names(in folder: String) throws -> [String] {
    let directory = try #require(opendir(folder), "\(folder)")
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// An empty folder for one test.
  static func temporaryFolder() throws -> String {
    var template = Array("/tmp/visualizer-test-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func remove(_ folder: String) {
    for name in (try? names(in: folder)) ?? [] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
}

/// Shows to test with.
enum Shows {
  static let bundled = BundledScenarios.all.map(\.name)
  /// Those of them that show a map.
  static let maps = bundled.filter { $0.hasPrefix("map-") }

  /// A show of a bundled scenario, fresh, so that tests share nothing.
  static func open(_ name: String) throws -> any Show { try ShowLibrary.open(name) }

  /// A show of a scenario's text.
  static func read(_ yaml: String, name: String = "test.yaml") throws(InputError) -> any Show {
    try ShowLibrary.open(ScenarioFile(file: name, bytes: Array(yaml.utf8)), name: "test")
  }

  /// A scenario of a map with a script of these lines.
  static func map(
    _ lines: [String], rules: String = "go1.19", seed: Int = 0
  ) throws(InputError) -> any Show {
    try read(
      "title: test\nmodel: map\nrules: \(rules)\nseed: \(seed)\nscript:\n"
        + lines.map { "  - \($0)\n" }.joined())
  }

  /// About so many steps of a show, spread over the whole of it, the last among them.
  static func sample(_ show: any Show, _ count: Int) -> [Int] {
    let last = show.stepCount - 1
    return stride(from: last, through: 0, by: -max(1, last / count)).reversed()
  }

  /// The timeline of a map's show.
  static func timeline(_ show: any Show) throws -> Timeline<Hmap> {
    try #require(show as? Performance<MapSubject>).timeline
  }
}

/// Sizes at which frames are looked at.
extension Size: CustomTestStringConvertible {
  var testDescription: String { "\(columns)x\(rows)" }

  static let small = Size(columns: 80, rows: 24)
  static let middle = Size(columns: 120, rows: 36)
  static let large = Size(columns: 200, rows: 60)
}

/// A map's whole state as text.
func fingerprint(_ map: Hmap) -> String {
  var text = "\(map.count) \(map.flags) \(map.B) \(map.noverflow) \(map.hash0) \(map.nevacuate) "
  text += "\(map.growthNumber) \(map.hasBuckets) \(map.isGrowing) \(map.migration)\n"
  for array in [map.buckets, map.oldbuckets] {
    guard let array else { continue }
    for index in 0..<array.blockCount {
      let block = array[index]
      for slot in 0..<Bmap.slotCount {
        text += "\(block.tophash[slot]),\(block.keys[slot].spelling),\(block.elems[slot]);"
      }
      text += "\(block.overflow)\n"
    }
  }
  return text
}
