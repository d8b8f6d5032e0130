import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ObjectName;

/**
 * Registers MBeans and prints what the JMX exporter, which runs in this JVM as an agent, makes of them: the name and the
 * labels of each sample, sorted.
 *
 * <p>Arguments: the file of MBeans (lines such as {@code metrics<name=a.b, type=counters><>Count}), the agent's port.
 */
public class Beans {
    /** One MBean with numbers as attributes. */
    record Numbers(Set<String> names) implements DynamicMBean {
        public Object getAttribute(String name) {
            return 7;
        }

        public void setAttribute(Attribute attribute) {}

        public AttributeList getAttributes(String[] wanted) {
            var list = new AttributeList();
            for (var name : wanted) {
                list.add(new Attribute(name, getAttribute(name)));
            }
            return list;
        }

        public AttributeList setAttributes(AttributeList attributes) {
            return attributes;
        }

        public Object invoke(String action, Object[] arguments, String[] signature) {
            return null;
        }

        public MBeanInfo getMBeanInfo() {
            var infos = names.stream()
                    .map(name -> new MBeanAttributeInfo(name, "int", name, true, false, false))
                    .toArray(MBeanAttributeInfo[]::new);
            return new MBeanInfo("Numbers", "Numbers", infos, null, null, null);
        }
    }

    public static void main(String[] arguments) throws Exception {
        Map<ObjectName, Set<String>> beans = new HashMap<>();
        for (var line : Files.readAllLines(Path.of(arguments[0]))) {
            if (line.startsWith("#")) {
                continue;
            }
            var end = line.indexOf("><>");
            var properties = new Hashtable<String, String>();
            for (var property : line.substring("metrics<".length(), end).split(", ")) {
                var equals = property.indexOf('=');
                properties.put(property.substring(0, equals), property.substring(equals + 1));
            }
            beans.computeIfAbsent(new ObjectName("metrics", properties), name -> new TreeSet<>())
                    .add(line.substring(end + 3));
        }
        var server = ManagementFactory.getPlatformMBeanServer();
        for (var bean : beans.entrySet()) {
            server.registerMBean(new Numbers(bean.getValue()), bean.getKey());
        }
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + arguments[1] + "/metrics")).build();
        var text = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
        text.lines()
                .filter(line -> line.startsWith("spark_"))
                .map(line -> line.substring(0, line.lastIndexOf(' ')).replace(",}", "}"))
                .sorted()
                .forEach(System.out::println);
        System.exit(0);
    }
}
