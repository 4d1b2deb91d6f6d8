using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FeatureManagement.ActionTracing.Tests.Architecture;

/// <summary>
/// Which source file refers to a type that another one declares: in signatures, private fields and the bodies of members. The compiler binds the names, so that inlined
/// constants and types behind <c>var</c> count too.
/// </summary>
internal sealed class SourceReferences
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);
    private static readonly Lazy<SourceReferences> OfTheProject = new(() => new SourceReferences(Read()));

    private readonly CSharpCompilation _compilation;
    private readonly Lazy<IReadOnlyList<(string From, string To)>> _all;

    private SourceReferences(IEnumerable<SyntaxTree> trees)
    {
        _compilation = CSharpCompilation.Create("references", trees, Platform(), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        _all = new(() => [.. _compilation.SyntaxTrees.AsParallel().SelectMany(ReferencesOf).Distinct().Order()]);
    }

    private SourceReferences(SourceReferences before, SyntaxTree added)
    {
        _compilation = before._compilation.AddSyntaxTrees(added);
        _all = new(() => [.. before.All, .. ReferencesOf(added).Distinct()]);
    }

    /// <summary>The core package as it is on disk. Read once.</summary>
    public static SourceReferences Project => OfTheProject.Value;

    /// <summary>The paths of all files, within the project.</summary>
    public IReadOnlyList<string> Files => [.. _compilation.SyntaxTrees.Select(tree => tree.FilePath).Where(path => path.Length > 0)];

    /// <summary>All references from one file to another, by their paths within the project.</summary>
    public IReadOnlyList<(string From, string To)> All => _all.Value;

    /// <summary>The types that a file declares, with their namespaces and whether they are public.</summary>
    public IEnumerable<(string File, string Namespace, bool IsPublic)> Types() =>
        from tree in _compilation.SyntaxTrees
        where tree.FilePath.Length > 0
        from type in tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        where type.Parent is BaseNamespaceDeclarationSyntax
        select (tree.FilePath, ((BaseNamespaceDeclarationSyntax)type.Parent!).Name.ToString(), type.Modifiers.Any(SyntaxKind.PublicKeyword));

    /// <summary>The same with one more file, as an edit would add it.</summary>
    public SourceReferences With(string path, string source) =>
        new(this, CSharpSyntaxTree.ParseText(source, Parsing, path));

    private static IEnumerable<SyntaxTree> Read()
    {
        string root = Path.Combine(SourceText.Root, "src", "FeatureManagement.ActionTracing");
        foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(root, file).Replace('\\', '/');
            if (!path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal))
                yield return CSharpSyntaxTree.ParseText(File.ReadAllText(file), Parsing, path);
        }
        string[] implicitUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];
        yield return CSharpSyntaxTree.ParseText(string.Concat(implicitUsings.Select(name => $"global using {name};\n")), Parsing);
    }

    private static IEnumerable<MetadataReference> Platform() =>
        from path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        where !Path.GetFileName(path).StartsWith("FeatureManagement.ActionTracing", StringComparison.Ordinal)
        select MetadataReference.CreateFromFile(path);

    private IEnumerable<(string From, string To)> ReferencesOf(SyntaxTree tree)
    {
        SemanticModel model = _compilation.GetSemanticModel(tree);
        return
            from node in tree.GetRoot().DescendantNodes(static node => node is not UsingDirectiveSyntax)
            where node is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax or ConstructorInitializerSyntax or CollectionExpressionSyntax
            let symbol = model.GetSymbolInfo(node).Symbol ?? model.GetTypeInfo(node).ConvertedType
            where symbol is not null
            from declaration in (symbol as INamedTypeSymbol ?? symbol.ContainingType)?.OriginalDefinition.DeclaringSyntaxReferences ?? []
            where declaration.SyntaxTree.FilePath != tree.FilePath
            select (tree.FilePath, declaration.SyntaxTree.FilePath);
    }
}
