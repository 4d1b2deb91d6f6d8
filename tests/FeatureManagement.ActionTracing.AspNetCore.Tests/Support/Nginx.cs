using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>A real nginx before a host, with <c>proxy_pass http://app;</c> or the host's address, and otherwise nginx's own defaults.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TempDirectory _directory;

    private Nginx(Process process, TempDirectory directory, int port) => (_process, _directory, Address) = (process, directory, new Uri($"http://127.0.0.1:{port}"));

    /// <summary>Where browsers find it.</summary>
    public Uri Address { get; }

    /// <summary>A port that is free now, for tests that must name it before nginx runs.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <param name="app">The host behind it.</param>
    /// <param name="port">Where to listen; null for any free port.</param>
    /// <param name="settings">What the location says beside <c>proxy_pass</c>.</param>
    /// <param name="upstream">What <c>proxy_pass</c> names, which the host behind it sees as <c>Host</c>.</param>
    public static async Task<Nginx> StartAsync(Uri app, int? port = null, string settings = "", string upstream = "app")
    {
        var directory = new TempDirectory();
        int listen = port ?? FreePort();
        string temporary = string.Concat(((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind => $"{kind}_temp_path {directory.Path}/{kind};\n"));
        directory.Write("nginx.conf", $$"""
            daemon off; master_process off; pid {{directory.Path}}/nginx.pid; error_log {{directory.Path}}/error.log;
            events { }
            http {
              access_log off;
              {{temporary}}
              upstream app { server {{app.Authority}}; }
              server {
                listen 127.0.0.1:{{listen}};
                location / { proxy_pass http://{{upstream}}; {{settings}} }
              }
            }
            """);
        var start = new ProcessStartInfo(Needs.Nginx.Path, ["-p", directory.Path, "-e", $"{directory.Path}/error.log", "-c", $"{directory.Path}/nginx.conf"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        var nginx = new Nginx(Process.Start(start)!, directory, listen);
        await Eventually.EqualAsync("answers", nginx.AskAsync);
        return nginx;
    }

    private async Task<string> AskAsync()
    {
        Assert.False(_process.HasExited, "nginx ended: " + (_process.HasExited ? await _process.StandardError.ReadToEndAsync() : ""));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Address.Port);
            return "answers";
        }
        catch (SocketException)
        {
            return "does not listen yet";
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Dispose();
    }
}
