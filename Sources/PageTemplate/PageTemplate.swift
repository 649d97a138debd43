/// The parts of a recording's page, compiled into the program so that it finds them anywhere.
public enum PageTemplate {
  /// The markup, with `{{NAME}}` where something is to be filled in.
  public static let markup = PackageResources.player_html
  /// The style sheet, but for the colours.
  public static let styles = PackageResources.player_css
  /// The script that plays the recording.
  public static let script = PackageResources.player_js
}
