// Prints what the jars of one Spark say about configuration keys, one fact a line, tab-separated:
//
//   entry       KEY  SINCE  ALTERNATIVES   a ConfigEntry of the registry
//   deprecated  KEY  SINCE                 SparkConf.deprecatedConfigs: still read, with a warning
//   alternate   KEY  SINCE  NEW            SparkConf.configsWithAlternatives: read in place of NEW
//   text        TEXT CLASS                 a text constant below a watched namespace, or any of a class of Spark on Kubernetes
//
// Run as: java -cp 'DIR/*' ConfKeys.java DIR

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.JarFile;

public class ConfKeys {
    /** Jars of Spark whose classes run in a driver, an executor or spark-submit on Kubernetes. */
    private static final String JARS = "spark-(core|kubernetes|launcher|common-utils|common-utils-java|network-common"
            + "|network-shuffle|sql|sql-api|catalyst|streaming|repl|connect|connect-common|hive|hive-thriftserver)_.*\\.jar";
    private static final String WATCHED = "spark\\.(kubernetes|executor|driver|dynamicAllocation|submit)\\..*";

    private static final TreeSet<String> facts = new TreeSet<>();

    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);    // Spark's log
        List<String> modules = new ArrayList<>();
        File[] jars = new File(arguments[0]).listFiles((dir, name) -> name.matches(JARS));
        Arrays.sort(jars);
        for (File file : jars) {
            try (JarFile jar = new JarFile(file)) {
                for (var entry : (Iterable<java.util.jar.JarEntry>) jar.stream()::iterator) {
                    if (entry.getName().matches("org/apache/spark/.*\\.class")) {
                        String name = entry.getName().replace(".class", "").replace('/', '.');
                        if (scan(name, jar.getInputStream(entry).readAllBytes())) {
                            modules.add(name);
                        }
                    }
                }
            }
        }
        // A Scala object registers its entries when it is initialised.
        for (String name : modules) {
            try {
                Class.forName(name);
            } catch (Throwable fault) {
                System.err.println(name + ": " + fault);
            }
        }
        registry();
        legacy();
        facts.forEach(out::println);
    }

    /** Notes the texts of a class; whether it is an object that builds entries. */
    private static boolean scan(String name, byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        in.readInt();
        in.readInt();
        int count = in.readUnsignedShort();
        String[] texts = new String[count];
        List<Integer> strings = new ArrayList<>();
        for (int index = 1; index < count; index++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[index] = in.readUTF();
                case 8 -> strings.add(in.readUnsignedShort());
                case 7, 16, 19, 20 -> in.readUnsignedShort();
                case 15 -> in.skipBytes(3);
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.readInt();
                case 5, 6 -> {
                    in.readLong();
                    index++;
                }
                default -> throw new IOException(name + ": constant of kind " + tag);
            }
        }
        boolean builds = false;
        for (String text : texts) {
            builds |= "org/apache/spark/internal/config/ConfigBuilder".equals(text);
        }
        boolean onKubernetes = name.matches(".*\\.k8s\\..*|.*\\.resource\\.Resource.*");
        for (int place : strings) {
            String text = texts[place];
            if ((onKubernetes || text.matches(WATCHED)) && text.matches("[\\w.-]+")) {
                facts.add("text\t" + text + "\t" + name);
            }
        }
        return builds && name.endsWith("$") && !name.startsWith("org.apache.spark.sql.");
    }

    private static void registry() throws Exception {
        Class<?> type = Class.forName("org.apache.spark.internal.config.ConfigEntry");
        Object known;
        try {
            known = type.getMethod("knownConfigs").invoke(null);
        } catch (NoSuchMethodException fault) {
            Class<?> companion = Class.forName("org.apache.spark.internal.config.ConfigEntry$");
            Field field = field(companion, "knownConfigs");
            known = field.get(companion.getField("MODULE$").get(null));
        }
        for (Object entry : ((java.util.Map<?, ?>) known).values()) {
            String alternatives = String.join(",", list(type.getMethod("alternatives").invoke(entry)));
            String version;
            try {
                version = (String) type.getMethod("version").invoke(entry);
            } catch (NoSuchMethodException fault) {    // Spark 2.4
                version = "";
            }
            facts.add("entry\t" + type.getMethod("key").invoke(entry) + "\t" + version + "\t" + alternatives);
        }
    }

    /** The two tables of SparkConf. */
    private static void legacy() throws Exception {
        Class<?> companion = Class.forName("org.apache.spark.SparkConf$");
        Object conf = companion.getField("MODULE$").get(null);
        Object deprecated = field(companion, "deprecatedConfigs").get(conf);
        for (Object pair : each(deprecated)) {
            Object value = call(pair, "_2");
            facts.add("deprecated\t" + call(pair, "_1") + "\t" + call(value, "version"));
        }
        Object alternates = field(companion, "configsWithAlternatives").get(conf);
        for (Object pair : each(alternates)) {
            for (Object alternate : each(call(pair, "_2"))) {
                facts.add("alternate\t" + call(alternate, "key") + "\t" + call(alternate, "version") + "\t"
                        + call(pair, "_1"));
            }
        }
    }

    private static Field field(Class<?> type, String name) throws NoSuchFieldException {
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals(name) || field.getName().endsWith("$$" + name)) {
                field.setAccessible(true);
                return field;
            }
        }
        throw new NoSuchFieldException(type + "." + name);
    }

    private static Object call(Object object, String name) throws Exception {
        Method method = object.getClass().getMethod(name);
        method.setAccessible(true);
        return method.invoke(object);
    }

    private static List<Object> each(Object collection) throws Exception {
        Class<?> iterable = Class.forName("scala.collection.Iterable");
        Object iterator = iterable.getMethod("iterator").invoke(collection);
        Class<?> type = Class.forName("scala.collection.Iterator");
        List<Object> items = new ArrayList<>();
        while ((boolean) type.getMethod("hasNext").invoke(iterator)) {
            items.add(type.getMethod("next").invoke(iterator));
        }
        return items;
    }

    private static List<String> list(Object collection) throws Exception {
        return each(collection).stream().map(String::valueOf).toList();
    }
}
